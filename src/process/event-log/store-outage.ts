import { isMusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Log } from '../output/log.js';

/** Interval between log lines during an outage, in milliseconds. */
const REMINDER_MS = 60_000;

/**
 * Logs the start and end of an event store outage, with the number of refused requests and a reminder every minute. One line per refused request
 * would fill the disk.
 */
export class StoreOutage {
  #since: number | undefined;
  #remindedAt = 0;
  #refused = 0;

  constructor(
    private readonly log: Log,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {}

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
