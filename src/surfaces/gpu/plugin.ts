import { messageAlone, type Scope, type SurfacePlugin, type SurfaceHost } from '#src/surfaces/kit/index.js';
import { claimWork } from './claim-work.js';
import { GPU_DOCUMENT } from './document.js';
import { GpuClaims } from './gpu-claims.js';
import { apiKeyBodies, apiKeyOrders } from './routes/api-keys.js';
import { authBodies, sessionOrders } from './routes/auth.js';
import { claimBodies, claimLogs, claimOrders, claimReads } from './routes/claims.js';
import { nodeBodies, nodeOrders, nodeReads } from './routes/nodes.js';
import { ownPassword } from './routes/own-password.js';
import type { GpuSettings } from './settings.js';
import { GpuSurface } from './surface.js';
import { userBodies, userOrders, userReads } from './routes/users.js';

/** Groups that read models, or decide by what these show, and so wait for own writes. */
const BEHIND_WRITES = [
  sessionOrders,
  ownPassword,
  userReads,
  userBodies,
  userOrders,
  apiKeyBodies,
  apiKeyOrders,
  nodeBodies,
  nodeReads,
  nodeOrders,
  claimBodies,
  claimReads,
  claimLogs,
  claimOrders,
];

async function routes(app: Scope, host: SurfaceHost, settings: GpuSettings): Promise<void> {
  const surface = new GpuSurface(host, new GpuClaims({ executor: host.parts.executor, settings }));
  await app.register(async (scope: Scope) => authBodies(scope, surface));
  await app.register(async (scope: Scope) => {
    surface.positions.readsBehind(scope);
    for (const bodies of BEHIND_WRITES) await scope.register(async (group: Scope) => bodies(group, surface));
  });
}

export const plugin: SurfacePlugin<GpuSettings> = {
  mounts: [{ prefix: '/api/auth' }, { prefix: '/api/nodes' }, { prefix: '/api/gpu-claims' }],
  errorShape: messageAlone,
  document: GPU_DOCUMENT,
  routes,
  work: () => [claimWork],
};
