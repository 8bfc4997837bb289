import type { Scope, SurfacePlugin, SurfaceHost } from '#src/surfaces/kit/index.js';
import { buildWork } from './build-work.js';
import { SessionCookie } from './cookie.js';
import { CONDA_DOCUMENT } from './document.js';
import { bareMessage, failureOf } from './error-shape.js';
import { lockDocuments } from './lock-documents.js';
import { renewSessions } from './renewal.js';
import { bySession, byAccount } from './rights.js';
import { buildOrders, buildReads } from './routes/builds.js';
import { environmentBodies, environmentOrders } from './routes/environment-changes.js';
import { environmentReads } from './routes/environment-reads.js';
import { generationBodies, generationReads } from './routes/generations.js';
import { planReads } from './routes/plan.js';
import { login, logout } from './routes/session.js';
import { userBodies } from './routes/users.js';
import { taskReads } from './routes/task-reads.js';
import { taskBodies, taskOrders } from './routes/tasks.js';
import type { CondaSettings } from './settings.js';
import { CondaSurface, SHOWS_NO_AUTHORIZATION } from './surface.js';

const GROUPS = [
  userBodies,
  environmentReads,
  environmentBodies,
  environmentOrders,
  planReads,
  generationReads,
  generationBodies,
  buildReads,
  buildOrders,
  taskBodies,
  taskReads,
  taskOrders,
];

async function routes(app: Scope, host: SurfaceHost, settings: CondaSettings): Promise<void> {
  const surface = new CondaSurface(host, settings);
  const cookie = new SessionCookie(host.parts.settings);
  for (const group of [login, logout])
    await app.register(async (scope: Scope) => group(scope, surface, cookie));
  await app.register(async (scope: Scope) => {
    renewSessions(scope, surface, cookie);
    surface.positions.readsBehind(scope);
    for (const group of GROUPS) await scope.register(async (each: Scope) => group(each, surface));
  });
}

export const plugin: SurfacePlugin<CondaSettings> = {
  mounts: [
    ...['/login', '/logout', '/create_user'].map((prefix) => ({ prefix, errorShape: bareMessage })),
    { prefix: '/api/conda', unrouted: byAccount.access },
    { prefix: '/api/tasks', header: SHOWS_NO_AUTHORIZATION, unrouted: bySession.access },
  ],
  errorShape: failureOf,
  document: CONDA_DOCUMENT,
  routes,
  documents: lockDocuments,
  work: (host, settings) => [buildWork(host, settings)],
};
