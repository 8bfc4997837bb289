import { LRUCache } from 'lru-cache';
import { maxEntries } from '#src/engine/cache-options.js';
import type { StreamState } from '../append-rule.js';

/** Covers streams that many requests use within one group of writes: sessions, accounts, tasks. */
const MAX_STATES = 1_024;

/**
 * Caches states of streams until the next write to the log. The write count is read before the state: a write in between makes the cached state newer
 * than necessary, never older.
 */
export class KnownStates {
  readonly #states: LRUCache<string, StreamState>;
  #asOf = -1;

  /** `writes` returns the number of write groups; it changes after each one is visible to readers, and before anyone is notified. */
  constructor(
    private readonly writes: () => number,
    private readonly look: (stream: string) => StreamState,
    most = MAX_STATES,
  ) {
    this.#states = new LRUCache(maxEntries(most));
  }

  of(stream: string): StreamState {
    const writes = this.writes();
    if (writes !== this.#asOf) this.#states.clear();
    this.#asOf = writes;
    let state = this.#states.get(stream);
    if (state === undefined) this.#states.set(stream, (state = this.look(stream)));
    return state;
  }
}
