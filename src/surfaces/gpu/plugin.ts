import { messageAlone, type Scope, type SurfaceHost } from '#src/http/index.js';
import type { SurfacePlugin } from '#src/surfaces/surface.js';
import { claimWork } from './claim-work.js';
import { GPU_DOCUMENT } from './document.js';
import { GpuClaims } from './gpu-claims.js';
import { gpuUsage } from './gpu-quota.js';
import { apiKeyRoutes } from './routes/api-keys.js';
import { authBodies, sessionOrders } from './routes/auth.js';
import { claimRoutes } from './routes/claims.js';
import { nodeRoutes } from './routes/nodes.js';
import { ownPassword } from './routes/own-password.js';
import type { GpuSettings } from './settings.js';
import { GpuSurface, type GpuParts } from './surface.js';
import { userRoutes } from './routes/users.js';

const RESOURCES = [authBodies, sessionOrders, ownPassword, userRoutes, apiKeyRoutes, nodeRoutes, claimRoutes];

async function routes(app: Scope, host: SurfaceHost<GpuParts>, settings: GpuSettings): Promise<void> {
  const { executor, quotas } = host.parts;
  const surface = new GpuSurface(host, new GpuClaims({ executor, quotas, settings }));
  for (const resource of RESOURCES) resource(app, surface);
}

export const plugin: SurfacePlugin<GpuSettings, GpuParts> = {
  mounts: [{ prefix: '/api/auth' }, { prefix: '/api/nodes' }, { prefix: '/api/gpu-claims' }],
  errorShape: messageAlone,
  document: GPU_DOCUMENT,
  routes,
  work: () => [claimWork],
  quota: gpuUsage,
};
