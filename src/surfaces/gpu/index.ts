import type { Scope, ErrorShape } from '#src/surfaces/kit/index.js';
import { apiKeyBodies, apiKeyOrders } from './routes/api-keys.js';
import { authBodies, sessionOrders } from './routes/auth.js';
import { claimBodies, claimLogs, claimOrders, claimReads } from './routes/claims.js';
import { nodeBodies, nodeOrders, nodeReads } from './routes/nodes.js';
import { ownPassword } from './routes/own-password.js';
import type { GpuSurface } from './surface.js';
import { userBodies, userOrders, userReads } from './routes/users.js';

/** Paths that belong to the gpu surface. */
export const GPU_PREFIXES = ['/api/auth', '/api/nodes', '/api/gpu-claims'];

/** Exactly this key. */
export const gpuErrorShape: ErrorShape = (error) => ({ error: error.message });

/** Groups that look at read models, or decide on what these show. */
const BEHIND_WRITES = [sessionOrders, ownPassword, userReads, userBodies, userOrders, apiKeyBodies, apiKeyOrders, nodeBodies, nodeReads, nodeOrders, claimBodies, claimReads, claimLogs, claimOrders];

/** Every route of the gpu surface, each group in a scope of its own for how it treats bodies. */
export async function gpuPlugin(app: Scope, { surface }: { readonly surface: GpuSurface }): Promise<void> {
  await app.register(async (scope: Scope) => authBodies(scope, surface));
  await app.register(async (scope: Scope) => {
    surface.positions.readsBehind(scope);
    for (const routes of BEHIND_WRITES) await scope.register(async (group: Scope) => routes(group, surface));
  });
}
export { GpuClaims } from './gpu-claims.js';
export { claimWork } from './claim-work.js';
export { checkGpuQuota, DEFAULT_GPU_QUOTA, gpuQuotaOf, type GpuSettings } from './settings.js';
export { GpuSurface } from './surface.js';
export { GPU_INFO } from './document.js';
