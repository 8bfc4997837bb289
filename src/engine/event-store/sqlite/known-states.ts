import { LRUCache } from 'lru-cache';
import { maxEntries } from '#src/engine/cache-options.js';
import type { StreamState } from '../append-rule.js';

const MAX_STATES = 1_024;

/**
 * Caches stream states until the next write to the log. The write count is read before the state: a write in between makes the cached state newer
 * than necessary, never older.
 */
export class KnownStates {
  readonly #states: LRUCache<string, StreamState>;
  #asOf = -1;

  /** `writes` returns the number of write groups. It changes after a group becomes visible to readers, and before anything is notified of it. */
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
