/** Doubling ends after this many steps, so that the delay is a finite number after any count of failures. */
const MAX_DOUBLINGS = 20;

export interface BackOffOptions {
  /** Delay after the first failure, in milliseconds. */
  readonly firstMs: number;
  /** @default Infinity */
  readonly mostMs?: number;
  /** Makes a part of each delay random, so that many clients do not retry all at once. */
  readonly jitter?: {
    /** The part of the delay that is random, from 0 to 1. */
    readonly share: number;
    /** Returns a number from 0 to 1. */
    readonly random: () => number;
  };
}

/**
 * Returns an exponential back-off: a function from the number of failures in a row to the delay before the next attempt,
 * in milliseconds. The delay doubles with each failure up to `mostMs`. No failure counts as one.
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
