import type { StopSignal } from './signal.js';

/** The only source of time outside adapters. */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch. To display, never to order by. */
  now(): number;
  /** Milliseconds of a clock that never jumps, for timeouts and leases. */
  monotonic(): number;
  /** Resolves after `ms`, or immediately and without error when the signal aborts. */
  sleep(ms: number, signal?: StopSignal): Promise<void>;
}
