import { serviceDeployments } from '#projections/services/service-deployments.js';
import { serviceEvents } from '#projections/services/service-events.js';
import { serviceTemplates } from '#projections/services/service-templates.js';
import { serviceVersions } from '#projections/services/service-versions.js';
import { services as servicesModel } from '#projections/services/services.js';
import { volumes } from '#projections/services/volumes.js';
import type { SurfaceDeclaration } from '#src/surfaces/surface.js';
import { servicesSettings, type ServicesSettings } from './settings.js';
import type { ServicesParts } from './surface.js';

export type { ServicesParts };

export const services = {
  name: 'services',
  projections: [servicesModel, serviceDeployments, serviceVersions, serviceEvents, serviceTemplates, volumes],
  settings: servicesSettings,
  load: async () => (await import('./plugin.js')).plugin,
} satisfies SurfaceDeclaration<ServicesSettings, ServicesParts>;

export const serviceTemplateBodies = async () => await import('./contract/templates.js');
