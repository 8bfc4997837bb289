export const MAX_RETAINED_JOBS = 10;

/**
 * Retention by number: each document of finished work counts the work of the same owner that finished later, which shows when it is surplus. Each
 * event that ends work touches all documents of the owner whose jobs are retained. An index with the condition {@link isRetained} finds them.
 */
export interface Retention {
  readonly over: boolean;
  readonly later: number;
}

export const RETAINED: Retention = { over: false, later: 0 };

/** Folds an event that ends work of the owner. `own`: whether it ends this item. */
export function retain(retention: Retention, own: boolean): Retention {
  if (own) return retention.over ? retention : { over: true, later: 0 };
  return retention.over ? { over: true, later: retention.later + 1 } : retention;
}

export function isRetained({ over }: Retention, job: 'none' | 'begun' | 'stopped' | 'forgotten'): boolean {
  return over && (job === 'begun' || job === 'stopped');
}

export function isSurplus({ over, later }: Retention, kept: number = MAX_RETAINED_JOBS): boolean {
  return over && later >= kept;
}
