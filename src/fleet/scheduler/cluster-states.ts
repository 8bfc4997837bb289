import type { Catalog } from '#domain/kernel/catalog/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { ClusterState } from '#domain/scheduling/index.js';
import { ClusterFold } from './cluster-fold.js';
import { KEPT_INTERVAL_EVENTS, KeptStates } from './kept-states.js';

export interface ClusterStatesOptions {
  readonly store: EventStore;
  readonly catalog: Catalog;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly directory?: string | undefined;
  readonly timeoutMs?: number;
}

/** A point in the log, and the events that belong before it. */
export interface FoldTarget {
  /** Events at or after this position are never before the target. */
  readonly end: bigint;
  /** Whether a fold that ends before `end` contains only events that are before the target. */
  isBefore(fold: ClusterFold): boolean;
  /** Returns how many events at the beginning of the next page are before the target. */
  lengthBefore(fold: ClusterFold, page: readonly RecordedEvent[]): number;
}

const TIMEOUT_MS = 8000;

/**
 * Provides the cluster state at points in the log. It holds one fold, which only moves forward. For an earlier or a much later point it starts from a
 * stored state, and it stores states along the way. Request one state at a time, and do not modify it.
 */
export class ClusterStates {
  readonly #options: ClusterStatesOptions;
  readonly #kept: KeptStates | undefined;
  #fold = new ClusterFold();
  #sinceKept = 0;

  constructor(options: ClusterStatesOptions) {
    this.#options = options;
    this.#kept =
      options.directory === undefined ? undefined : new KeptStates(options.directory, options.store);
  }

  /** Returns the state after an event. Throws `MUSTER_E_OVERLOADED` if it cannot be rebuilt in time. The next call continues. */
  async at(position: bigint): Promise<ClusterState> {
    const end = position + 1n;
    return await this.before({
      end,
      isBefore: () => true,
      lengthBefore: (_, page) => {
        const first = page.findIndex((event) => event.position >= end);
        return first < 0 ? page.length : first;
      },
    });
  }

  /** Returns the state before the target. Throws the same error as {@link at}. */
  async before(target: FoldTarget): Promise<ClusterState> {
    await this.#begin(target);
    const { store, clock, timeoutMs = TIMEOUT_MS } = this.#options;
    const until = clock.monotonic() + timeoutMs;
    const { bookmark } = this.#fold;
    for await (const page of store.readAll(bookmark === undefined ? {} : { from: bookmark.position })) {
      const length = target.lengthBefore(this.#fold, page);
      this.#advance(page.slice(0, length));
      if (length < page.length) break;
      if (clock.monotonic() > until)
        throw new MusterError('MUSTER_E_OVERLOADED', {
          what: 'the state of the cluster at that time is still being rebuilt',
        });
    }
    return this.#fold.state;
  }

  /** Switches to a stored fold if it saves work, or to an empty one if no fold before the target exists. */
  async #begin(target: FoldTarget): Promise<void> {
    const isBefore = (fold: ClusterFold): boolean =>
      (fold.bookmark?.position ?? -1n) < target.end && target.isBefore(fold);
    const own = this.#fold.bookmark?.position;
    const isUsable = own !== undefined && isBefore(this.#fold);
    if (isUsable && target.end - own <= KEPT_INTERVAL_EVENTS) return;
    const kept = await this.#kept?.before(target.end, isBefore);
    if (isUsable && (kept?.bookmark?.position ?? -1n) <= own) return;
    this.#fold = kept ?? new ClusterFold();
    this.#sinceKept = 0;
  }

  #advance(page: readonly RecordedEvent[]): void {
    if (page.length === 0) return;
    try {
      this.#fold.fold(this.#options.catalog, page);
    } catch (error) {
      this.#fold = new ClusterFold();
      throw error;
    }
    this.#sinceKept += page.length;
    if (this.#sinceKept < KEPT_INTERVAL_EVENTS) return;
    this.#sinceKept = 0;
    this.#kept?.keep(this.#fold);
  }
}
