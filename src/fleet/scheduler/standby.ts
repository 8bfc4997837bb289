import type { Clock } from '#domain/ports/clock.js';

/** Quiet (ms) of the plan log, with work at hand, after which a scheduler that stands by takes over. */
export const PATIENCE_MS = 500;

/**
 * Whose turn it is, among schedulers of one log, told from the log alone. Only the exact revision of an append decides who
 * wins; this only spares the others from planning what they would lose. A scheduler stands by from the moment it sees another's
 * events, until there was work for a while and nobody did any.
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

  /** Another's event was seen, or an append was lost to another. */
  sawOther(): void {
    this.#standing = true;
    this.#quietSince = this.#clock.monotonic();
  }

  /** There was nothing to do: nobody can be blamed for doing nothing. */
  sawNoWork(): void {
    this.#quietSince = this.#clock.monotonic();
  }

  won(): void {
    this.#standing = false;
  }

  /** How long (ms) to let the other work, as things are; 0: plan now. */
  patience(): number {
    return this.#standing ? Math.max(0, this.#quietSince + PATIENCE_MS - this.#clock.monotonic()) : 0;
  }
}
