import type { SurfaceDeclaration } from '#src/surfaces/kit/index.js';

/** Conda environments, and the Python tasks that run in them. */
export const conda = {
  name: 'conda',
  projections: [],
  load: async () => (await import('./served.js')).served,
} satisfies SurfaceDeclaration;
