import type { Catalog } from '#domain/kernel/catalog/index.js';
import { jobDeployments } from '#projections/jobs/job-deployments.js';
import { templates } from '#projections/jobs/templates.js';
import type { SurfaceDeclaration } from '#src/surfaces/surface.js';
import type { ClusterParts } from './surface.js';

export type { ClusterParts };

export const cluster = (catalog: Pick<Catalog, 'isOwnedJob'>) =>
  ({
    name: 'cluster',
    projections: [templates, jobDeployments(catalog)],
    load: async () => (await import('./plugin.js')).plugin,
  }) satisfies SurfaceDeclaration<unknown, ClusterParts>;

export const templateBodies = async () => await import('./specification.js');
