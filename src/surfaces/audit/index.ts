import type { SurfaceDeclaration } from '#src/surfaces/kit/index.js';

export { concernsJob, streamsOfJob } from './job-history.js';

/** The history, as it was written. Its own: nobody's contract. */
export const audit = {
  name: 'audit',
  projections: [],
  load: async () => (await import('./served.js')).served,
} satisfies SurfaceDeclaration;
