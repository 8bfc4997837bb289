import type { Scope } from '../cluster/surface.js';
import type { ErrorShape } from '../surfaces.js';
import { apiKeyBodies, apiKeyOrders } from './api-keys.js';
import { authBodies, sessionOrders } from './auth.js';
import { nodeReads } from './nodes.js';
import type { GpuSurface } from './surface.js';
import { userBodies, userOrders, userReads } from './users.js';

/** Paths that belong to the gpu surface. */
export const GPU_PREFIXES = ['/api/auth', '/api/nodes', '/api/gpu-claims'];

/** Exactly this key. */
export const gpuErrorShape: ErrorShape = (error) => ({ error: error.message });

/** Every route of the gpu surface, each group in a scope of its own for how it treats bodies. */
export async function gpuPlugin(app: Scope, { surface }: { readonly surface: GpuSurface }): Promise<void> {
  for (const routes of [authBodies, sessionOrders, userReads, userBodies, userOrders, apiKeyBodies, apiKeyOrders, nodeReads]) {
    await app.register(async (scope: Scope) => routes(scope, surface));
  }
}
