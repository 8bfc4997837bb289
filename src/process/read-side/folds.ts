import { EVENT_CATALOG } from '#domain/all-events.js';
import { mentionedJobs } from '#domain/jobs/job/mentions.js';
import type { Projection } from '#domain/kernel/projection.js';
import { SURFACES } from '../surfaces/list.js';

export const PROJECTIONS: readonly Projection[] = SURFACES.flatMap(({ projections }) => projections);

/** The projections, and the entry modules of the threads that fold them. Functions cannot be sent to a thread, so each entry imports the list itself. */
export const FOLDS = {
  catalog: EVENT_CATALOG,
  projections: PROJECTIONS,
  mentionedBy: mentionedJobs,
  projector: new URL('./projector.js', import.meta.url),
  builder: new URL('./builder.js', import.meta.url),
} as const;
