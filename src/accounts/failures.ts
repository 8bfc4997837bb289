import { MusterError } from '#domain/errors/index.js';
import type { Clock } from '#domain/ports/clock.js';

/** Names kept at once; the one that failed last longest ago goes first. */
const KEPT = 100_000;

/** Failed logins of each account, existing or not, in a sliding time: after so many no password is looked at until the oldest is over. */
export class Failures {
  readonly #times = new Map<string, readonly number[]>();

  constructor(
    private readonly clock: Clock,
    private readonly bound: number,
    private readonly withinMs: number,
  ) {}

  /** Throws `MUSTER_E_RATE_LIMITED` where too many failed lately. */
  check(name: string): void {
    const times = this.#recent(name);
    const oldest = times[times.length - this.bound];
    if (oldest === undefined) return;
    const left = oldest + this.withinMs - this.clock.monotonic();
    throw new MusterError('MUSTER_E_RATE_LIMITED', { what: 'failed logins', retryAfter: Math.max(1, Math.ceil(left / 1000)) });
  }

  failed(name: string): void {
    const times = [...this.#recent(name), this.clock.monotonic()].slice(-this.bound);
    this.#times.delete(name);
    this.#times.set(name, times);
    const oldest = this.#times.keys().next();
    if (this.#times.size > KEPT && oldest.done === false) this.#times.delete(oldest.value);
  }

  succeeded(name: string): void {
    this.#times.delete(name);
  }

  #recent(name: string): readonly number[] {
    const since = this.clock.monotonic() - this.withinMs;
    return (this.#times.get(name) ?? []).filter((time) => time > since);
  }
}
