import { isMusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Log } from './log.js';

/** Milliseconds between two log lines about a continuing outage. */
const REMINDER_MS = 60_000;

/**
 * Logs the start and the end of an outage of the event store, with the number of refused requests, and a reminder every minute. A line per refused
 * request would fill the disk.
 */
export class StoreOutage {
  #since: number | undefined;
  #remindedAt = 0;
  #refused = 0;

  constructor(
    private readonly log: Log,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {}

  /** Returns whether the error belongs to an outage, and so needs no log line of its own. */
  refused(error: unknown): boolean {
    if (!isMusterError(error, 'MUSTER_E_STORE_UNAVAILABLE')) return false;
    this.#began(error.message);
    this.#refused += 1;
    return true;
  }

  failed(error: unknown): void {
    if (isMusterError(error, 'MUSTER_E_STORE_UNAVAILABLE')) this.#began(error.message);
  }

  ended(): void {
    if (this.#since === undefined) return;
    const seconds = Math.round((this.clock.monotonic() - this.#since) / 100) / 10;
    this.log.warn({ code: 'event-store-back', seconds, refused: this.#refused });
    this.#since = undefined;
    this.#refused = 0;
  }

  #began(problem: string): void {
    const now = this.clock.monotonic();
    if (this.#since !== undefined && now - this.#remindedAt < REMINDER_MS) return;
    this.#since ??= now;
    this.#remindedAt = now;
    this.log.error({
      code: 'event-store-away',
      problem,
      ...(this.#refused > 0 && { refused: this.#refused }),
    });
  }
}
