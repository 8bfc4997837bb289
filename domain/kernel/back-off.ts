/** The delay stops doubling after this many steps, so it remains finite after any number of failures. */
const MAX_DOUBLINGS = 20;

export interface BackOffOptions {
  readonly firstMs: number;
  readonly mostMs?: number;
  /** Makes a part of each delay random, so that many clients do not retry at the same time. */
  readonly jitter?: {
    readonly share: number;
    readonly random: () => number;
  };
}

/**
 * Returns an exponential back-off: a function from the number of consecutive failures to the delay before the next attempt, in milliseconds. The
 * delay doubles with each failure up to `mostMs`. Zero failures count as one.
 */
export function backOff({
  firstMs,
  mostMs = Number.POSITIVE_INFINITY,
  jitter,
}: BackOffOptions): (failures: number) => number {
  return (failures) => {
    const longest = Math.min(mostMs, firstMs * 2 ** Math.min(MAX_DOUBLINGS, Math.max(0, failures - 1)));
    if (jitter === undefined) return longest;
    return longest * (1 - jitter.share) + jitter.random() * longest * jitter.share;
  };
}
