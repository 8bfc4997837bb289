import type { Clock } from '#domain/kernel/ports/clock.js';

/** How long work may be pending without a new plan before a standby takes over, in milliseconds. */
export const TAKEOVER_TIMEOUT_MS = 500;

/**
 * Decides from the log alone which scheduler is active. Correctness depends only on the expected revision of each append. This only spares others
 * from planning in vain. A scheduler goes on standby when it reads another's plan, until work remains unplanned for {@link TAKEOVER_TIMEOUT_MS}.
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

  sawNoWork(): void {
    this.#quietSince = this.#clock.monotonic();
  }

  won(): void {
    this.#standing = false;
  }

  waitMs(): number {
    return this.#standing ? Math.max(0, this.#quietSince + TAKEOVER_TIMEOUT_MS - this.#clock.monotonic()) : 0;
  }
}
