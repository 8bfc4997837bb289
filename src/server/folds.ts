import type { Projection } from '#projections/projection.js';
import { SURFACES } from './surfaces/list.js';

/** Every read model there is. */
export const PROJECTIONS: readonly Projection[] = SURFACES.flatMap(({ projections }) => projections);

/** What the engine folds, and the entries of the threads that do it. Functions cannot be sent to a thread: each entry imports the list itself. */
export const FOLDS = {
  projections: PROJECTIONS,
  /** Entry of the projector's thread. */
  projector: new URL('./workers/projector.js', import.meta.url),
  /** Entry of a thread that builds models from the whole log. */
  builder: new URL('./workers/builder.js', import.meta.url),
} as const;
