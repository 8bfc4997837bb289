import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Projection } from '#projections/projection.js';
import { OwnGenerations } from './own-generations.js';
import { positionOf } from './position.js';
import type { Head } from './schema.js';

export interface Watched {
  readonly position: bigint;
  /** Whether they have reached the end of the log since this process started to watch. */
  readonly caughtUp: boolean;
  /** Milliseconds for which the log has contained something that they do not show, as far as observed. */
  readonly lagMs: number;
}

export class Standby {
  /** An observed end of the log that the models have not reached. */
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

  /** The models count as caught up when they reach an end that was observed before, because the log may always have grown since. */
  async watch(head: Head): Promise<Watched> {
    const end = (await this.store.head()) ?? -1n;
    const position = positionOf(await this.#own.of(head), this.projections);
    const now = this.clock.monotonic();
    if (position >= (this.#awaited?.end ?? end)) {
      this.#awaited = undefined;
      this.#caughtUp = true;
    }
    if (position < end) this.#awaited ??= { end, since: now };
    return {
      position,
      caughtUp: this.#caughtUp,
      lagMs: this.#awaited === undefined ? 0 : now - this.#awaited.since,
    };
  }
}
