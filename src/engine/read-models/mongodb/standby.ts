import type { Clock } from '#domain/ports/clock.js';
import type { EventStore } from '#domain/ports/event-store.js';
import type { Projection } from '#projections/projection.js';
import { OwnGenerations } from './own-generations.js';
import { positionOf } from './position.js';
import type { Head } from './schema.js';

/** How the models are while another server's projector fills them. */
export interface Watched {
  readonly position: bigint;
  /** They have once reached the end of the log since this one watches. */
  readonly caughtUp: boolean;
  /** For how long something has been in the log that they do not show, in milliseconds, as far as this one has seen. */
  readonly lagMs: number;
}

/** Compares what another projector does with the log. */
export class Standby {
  /** An end of the log that was seen, and that the models have not reached. */
  #awaited: { readonly end: bigint; readonly since: number } | undefined;
  #caughtUp = false;
  readonly #own: OwnGenerations;

  constructor(
    private readonly store: Pick<EventStore, 'head' | 'id' | 'readAll'>,
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly projections: readonly Projection[],
  ) {
    this.#own = new OwnGenerations(store);
  }

  /** Caught up is who has reached an end that was seen before: while others write, the log has always grown on. */
  async watch(head: Head): Promise<Watched> {
    const end = (await this.store.head()) ?? -1n;
    const position = positionOf(await this.#own.of(head), this.projections);
    const now = this.clock.monotonic();
    if (position >= (this.#awaited?.end ?? end)) {
      this.#awaited = undefined;
      this.#caughtUp = true;
    }
    if (position < end) this.#awaited ??= { end, since: now };
    return { position, caughtUp: this.#caughtUp, lagMs: this.#awaited === undefined ? 0 : now - this.#awaited.since };
  }
}
