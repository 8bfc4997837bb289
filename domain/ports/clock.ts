import type { StopSignal } from './signal.js';

/** Time, as the only way by which anything outside an adapter learns of it. */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch. For facts that people read, never for order. */
  now(): number;
  /** Milliseconds of a clock that never jumps. For timeouts and leases. */
  monotonic(): number;
  /** Resolves after `ms`, or at once (without error) when the signal aborts. */
  sleep(ms: number, signal?: StopSignal): Promise<void>;
}
