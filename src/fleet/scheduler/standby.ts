import type { Clock } from '#domain/kernel/ports/clock.js';

/** Milliseconds without a plan, although there is work, after which a standby takes over. */
export const TAKEOVER_TIMEOUT_MS = 500;

/**
 * Decides which scheduler of a log is active, from the log alone. Only the expected revision of an append decides who wins; this spares the others
 * from planning in vain. A scheduler is on standby from the moment it sees another's events until there was work for a while and nobody planned it.
 */
export class Standby {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #standing = false;
  #quietSince = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  get standing(): boolean {
    return this.#standing;
  }

  sawOther(): void {
    this.#standing = true;
    this.#quietSince = this.#clock.monotonic();
  }

  /** There was no work, so the active scheduler is not late. */
  sawNoWork(): void {
    this.#quietSince = this.#clock.monotonic();
  }

  won(): void {
    this.#standing = false;
  }

  /** Milliseconds to leave to the active scheduler; 0: plan now. */
  waitMs(): number {
    return this.#standing ? Math.max(0, this.#quietSince + TAKEOVER_TIMEOUT_MS - this.#clock.monotonic()) : 0;
  }
}
