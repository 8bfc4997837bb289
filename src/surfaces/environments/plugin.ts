import type { Scope, SurfaceHost } from '#src/http/index.js';
import type { SurfacePlugin } from '#src/surfaces/surface.js';
import { buildWork } from './build-work.js';
import { ownerWork } from './owner-work.js';
import { SessionCookie } from './cookie.js';
import { CONDA_DOCUMENT } from './document.js';
import { environmentUsage } from './environment-quota.js';
import { bareMessage, failureOf } from './error-shape.js';
import { lockDocuments } from './lock-documents.js';
import { renewSessions } from './renewal.js';
import { bySession, byAccount } from './rights.js';
import { buildRoutes } from './routes/builds.js';
import { environmentChanges } from './routes/environment-changes.js';
import { environmentReads } from './routes/environment-reads.js';
import { generationRoutes } from './routes/generations.js';
import { planReads } from './routes/plan.js';
import { sessionRoutes } from './routes/session.js';
import { userBodies } from './routes/users.js';
import { taskReads } from './routes/task-reads.js';
import { taskCommands } from './routes/tasks.js';
import type { CondaSettings } from './settings.js';
import { CondaSurface, type CondaParts, SHOWS_NO_AUTHORIZATION } from './surface.js';

const RESOURCES = [
  userBodies,
  environmentReads,
  environmentChanges,
  planReads,
  generationRoutes,
  buildRoutes,
  taskCommands,
  taskReads,
];

async function routes(app: Scope, host: SurfaceHost<CondaParts>, settings: CondaSettings): Promise<void> {
  const surface = new CondaSurface(host, settings);
  const cookie = new SessionCookie(host.parts.settings);
  sessionRoutes(app, surface, cookie);
  await app.register(async (scope: Scope) => {
    renewSessions(scope, surface, cookie);
    for (const resource of RESOURCES) resource(scope, surface);
  });
}

export const plugin: SurfacePlugin<CondaSettings, CondaParts> = {
  mounts: [
    ...['/login', '/logout', '/create_user'].map((prefix) => ({ prefix, errorShape: bareMessage })),
    { prefix: '/api/conda', unrouted: byAccount.access },
    { prefix: '/api/tasks', header: SHOWS_NO_AUTHORIZATION, unrouted: bySession.access },
  ],
  errorShape: failureOf,
  document: CONDA_DOCUMENT,
  routes,
  documents: lockDocuments,
  work: (parts, settings) => [buildWork(parts, settings), ownerWork],
  quota: environmentUsage,
};
