import type { Clock } from '#domain/ports/clock.js';
import type { EventStore } from '#domain/ports/event-store.js';
import type { Projection } from '#projections/projection.js';
import { positionOf } from './position.js';
import type { Head } from './schema.js';

/** How the models are while another server's projector fills them. */
export interface Watched {
  readonly position: bigint;
  /** They have once reached the end of the log since this one watches. */
  readonly caughtUp: boolean;
  /** For how long they have been behind the log, in milliseconds. */
  readonly lagMs: number;
}

/** Compares what another projector does with the log. */
export class Standby {
  #behindSince: number | undefined;
  #caughtUp = false;

  constructor(
    private readonly store: Pick<EventStore, 'head'>,
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly projections: readonly Projection[],
  ) {}

  async watch(head: Head): Promise<Watched> {
    const end = await this.store.head();
    const position = positionOf(head, this.projections);
    if (end === undefined || position >= end) {
      this.#behindSince = undefined;
      this.#caughtUp = true;
    } else this.#behindSince ??= this.clock.monotonic();
    const lagMs = this.#behindSince === undefined ? 0 : this.clock.monotonic() - this.#behindSince;
    return { position, caughtUp: this.#caughtUp, lagMs };
  }
}
