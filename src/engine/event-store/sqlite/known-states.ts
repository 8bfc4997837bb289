import { LRUCache } from 'lru-cache';
import { keptAtMost } from '#src/engine/recently-used.js';
import type { StreamState } from '../append-rule.js';

/** What many ask of within one group of writes: sessions, accounts, tasks. */
const MOST = 1_024;

/**
 * States of streams, as of one count of the writes to the log: until a write there is no second answer, so none is looked up twice. The count is
 * read before the state: a write between the two makes the answer newer than it has to be, never older.
 */
export class KnownStates {
  readonly #states: LRUCache<string, StreamState>;
  #asOf = -1;

  /** `writes`: how many groups of writes there were; it changes after each one is seen by readers, and before anybody is told of it. */
  constructor(
    private readonly writes: () => number,
    private readonly look: (stream: string) => StreamState,
    most = MOST,
  ) {
    this.#states = new LRUCache(keptAtMost(most));
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
