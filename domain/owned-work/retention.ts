/** Jobs of work that is over, kept for each owner to look at. */
export const MAX_RETAINED_JOBS = 10;

/**
 * Retention by number, folded: a document of work that is over counts the work of the same owner that was over after it. So it says by
 * itself when it is one too many, and nobody has to look at all that an owner had. Its projection touches, with each event that ends
 * work, the documents of the same owner whose jobs are kept (an index that holds the owner while {@link isRetained} does): no more than are kept.
 */
export interface Retention {
  /** The work is over. */
  readonly over: boolean;
  /** How many of the same owner were over later. */
  readonly later: number;
}

export const RETAINED: Retention = { over: false, later: 0 };

/** The event that ends work of the owner. `own`: it ends this one. */
export function retain(retention: Retention, own: boolean): Retention {
  if (own) return retention.over ? retention : { over: true, later: 0 };
  return retention.over ? { over: true, later: retention.later + 1 } : retention;
}

/** It is over, and its job is still there. */
export function isRetained({ over }: Retention, job: 'none' | 'begun' | 'stopped' | 'forgotten'): boolean {
  return over && (job === 'begun' || job === 'stopped');
}

/** Its job is one too many. */
export function isSurplus({ over, later }: Retention, kept: number = MAX_RETAINED_JOBS): boolean {
  return over && later >= kept;
}
