import { jobDeployments } from '#projections/job-deployments.js';
import { templates } from '#projections/templates.js';
import type { SurfaceDeclaration } from '#src/surfaces/kit/index.js';

export const cluster = {
  name: 'cluster',
  projections: [templates, jobDeployments],
  load: async () => (await import('./plugin.js')).plugin,
} satisfies SurfaceDeclaration;
