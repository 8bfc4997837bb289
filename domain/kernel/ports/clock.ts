import type { StopSignal } from './signal.js';

export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch. For display only, never for ordering. */
  now(): number;
  /** Milliseconds of a clock that never jumps. Used for timeouts and leases. */
  monotonic(): number;
  /** Resolves after `ms`, or immediately and without error when the signal aborts. */
  sleep(ms: number, signal?: StopSignal): Promise<void>;
}
