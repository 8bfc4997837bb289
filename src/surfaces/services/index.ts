import { serviceDeployments } from '#projections/service-deployments.js';
import { serviceEvents } from '#projections/service-events.js';
import { serviceTemplates } from '#projections/service-templates.js';
import { serviceVersions } from '#projections/service-versions.js';
import { services as servicesModel } from '#projections/services.js';
import { volumes } from '#projections/volumes.js';
import type { SurfaceDeclaration } from '#src/surfaces/kit/index.js';
import { servicesSettings, type ServicesSettings } from './settings.js';

export const services = {
  name: 'services',
  projections: [servicesModel, serviceDeployments, serviceVersions, serviceEvents, serviceTemplates, volumes],
  settings: servicesSettings,
  load: async () => (await import('./plugin.js')).plugin,
} satisfies SurfaceDeclaration<ServicesSettings>;
