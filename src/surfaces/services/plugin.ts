import type { Scope, SurfaceHost } from '#src/http/index.js';
import type { SurfacePlugin } from '#src/surfaces/surface.js';
import { addBuiltInTemplates } from './built-in-templates.js';
import { SERVICES_DOCUMENT } from './document.js';
import { inContractWords } from './error-shape.js';
import { adminRoutes } from './routes/admin.js';
import { authBodies } from './routes/auth.js';
import { deploymentRoutes } from './routes/deployments.js';
import { eventReads } from './routes/events.js';
import { healthReads } from './routes/health.js';
import { ownerWork } from './owner-work.js';
import { previews } from './routes/preview.js';
import { instanceReads } from './routes/instances.js';
import { registryRoutes } from './routes/registries.js';
import { serviceRoutes } from './routes/services.js';
import { userRoutes } from './routes/users.js';
import { templateRoutes } from './routes/templates.js';
import { unknownVolumes } from './routes/unknown-volumes.js';
import { volumeCopyRoutes } from './routes/volume-copies.js';
import { volumeRebind } from './routes/volume-rebind.js';
import { volumeRoutes } from './routes/volumes.js';
import { serviceUsage } from './service-quota.js';
import { serviceWork } from './service-work.js';
import type { ServicesSettings } from './settings.js';
import { ServicesSurface, type ServicesParts } from './surface.js';
import { volumeWork } from './volume-work.js';

const RESOURCES = [
  healthReads,
  authBodies,
  userRoutes,
  adminRoutes,
  serviceRoutes,
  deploymentRoutes,
  previews,
  instanceReads,
  eventReads,
  templateRoutes,
  registryRoutes,
  volumeRoutes,
  volumeRebind,
  volumeCopyRoutes,
  unknownVolumes,
];

async function routes(
  app: Scope,
  host: SurfaceHost<ServicesParts>,
  settings: ServicesSettings,
): Promise<void> {
  const surface = new ServicesSurface(host, settings);
  for (const resource of RESOURCES) resource(app, surface);
}

export const plugin: SurfacePlugin<ServicesSettings, ServicesParts> = {
  mounts: [{ prefix: '/api/v1' }, { prefix: '/health' }],
  errorShape: inContractWords,
  document: SERVICES_DOCUMENT,
  routes,
  work: (parts, settings) => [serviceWork, ownerWork, volumeWork(parts, settings)],
  begin: addBuiltInTemplates,
  quota: serviceUsage,
};
