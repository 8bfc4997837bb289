import type { SurfaceDeclaration } from '#src/http/index.js';

export { eventMessages, type EventsSought } from './event-messages.js';
export { concernsJob, streamsOfJob } from './job-history.js';

/** The recorded history. It has no external contract. */
export const audit = {
  name: 'audit',
  projections: [],
  load: async () => (await import('./plugin.js')).plugin,
} satisfies SurfaceDeclaration;
