import { jobDeployments } from '#projections/jobs/job-deployments.js';
import { templates } from '#projections/jobs/templates.js';
import type { SurfaceDeclaration } from '#src/surfaces/kit/index.js';

export const cluster = {
  name: 'cluster',
  projections: [templates, jobDeployments],
  load: async () => (await import('./plugin.js')).plugin,
} satisfies SurfaceDeclaration;

export const templateBodies = async () => await import('./specification.js');
