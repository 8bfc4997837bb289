import type { SurfaceDeclaration } from '#src/surfaces/kit/index.js';

export { concernsJob, streamsOfJob } from './job-history.js';

/** The recorded history. The only surface without an external contract. */
export const audit = {
  name: 'audit',
  projections: [],
  load: async () => (await import('./plugin.js')).plugin,
} satisfies SurfaceDeclaration;
