import type { Scope, SurfacePlugin, SurfaceHost } from '#src/surfaces/kit/index.js';
import { addBuiltInTemplates } from './built-in-templates.js';
import { SERVICES_DOCUMENT } from './document.js';
import { inContractWords } from './error-shape.js';
import { adminBodies, adminOrders, adminReads } from './routes/admin.js';
import { authBodies } from './routes/auth.js';
import { deploymentOrders, deploymentReads, rollbacks } from './routes/deployments.js';
import { eventReads } from './routes/events.js';
import { healthReads } from './routes/health.js';
import { previews } from './routes/preview.js';
import { instanceReads } from './routes/instances.js';
import { registryBodies, registryOrders, registryReads } from './routes/registries.js';
import { serviceBodies, serviceOrders, serviceReads } from './routes/services.js';
import { userBodies, userReads } from './routes/users.js';
import { templateBodies, templateOrders, templateReads } from './routes/templates.js';
import { volumeOrders, volumeReads } from './routes/volumes.js';
import { serviceWork } from './service-work.js';
import type { ServicesSettings } from './settings.js';
import { ServicesSurface } from './surface.js';
import { volumeWork } from './volume-work.js';

/** Groups that read models, or decide by what these show, and so wait for own writes. */
const BEHIND_WRITES = [
  userReads,
  userBodies,
  adminReads,
  adminBodies,
  adminOrders,
  serviceBodies,
  serviceReads,
  serviceOrders,
  deploymentOrders,
  rollbacks,
  previews,
  deploymentReads,
  instanceReads,
  eventReads,
  templateReads,
  templateBodies,
  templateOrders,
  registryReads,
  registryBodies,
  registryOrders,
  volumeReads,
  volumeOrders,
];

async function routes(app: Scope, host: SurfaceHost, settings: ServicesSettings): Promise<void> {
  const surface = new ServicesSurface(host, settings);
  for (const group of [healthReads, authBodies])
    await app.register(async (scope: Scope) => group(scope, surface));
  await app.register(async (scope: Scope) => {
    surface.positions.readsBehind(scope);
    for (const group of BEHIND_WRITES) await scope.register(async (each: Scope) => group(each, surface));
  });
}

export const plugin: SurfacePlugin<ServicesSettings> = {
  mounts: [{ prefix: '/api/v1' }, { prefix: '/health' }],
  errorShape: inContractWords,
  document: SERVICES_DOCUMENT,
  routes,
  work: (host, settings) => [serviceWork, volumeWork(host, settings)],
  begin: addBuiltInTemplates,
};
