import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Projection } from '#domain/kernel/projection.js';
import type { Watched } from '#src/engine/read-models/index.js';
import { HeadChanges } from './changed-models.js';
import { OwnGenerations } from './own-generations.js';
import { positionOf } from './position.js';
import type { Head } from './schema.js';

export class Standby {
  #awaited: { readonly end: bigint; readonly since: number } | undefined;
  #caughtUp = false;
  readonly #own: OwnGenerations;
  readonly #changes = new HeadChanges();

  constructor(
    private readonly store: Pick<EventStore, 'head' | 'id' | 'readAll'>,
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly projections: readonly Projection[],
  ) {
    this.#own = new OwnGenerations(store);
  }

  /** The models are considered caught up once they reach a log end that was observed earlier, because the log may always have grown since then. */
  async watch(head: Head): Promise<Watched> {
    const end = (await this.store.head()) ?? -1n;
    const own = await this.#own.of(head);
    const position = positionOf(own, this.projections);
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
      changed: this.#changes.next(own),
    };
  }
}
