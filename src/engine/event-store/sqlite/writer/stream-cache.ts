import { LRUCache } from 'lru-cache';
import type { StreamState } from '../../append-rule.js';

/** Of what is kept. Muster's own names are shorter; clients of the wire may choose names of any length. */
const LONGEST_NAME = 512;

/** States of streams that were written lately. */
export class StreamCache {
  readonly #states: LRUCache<string, StreamState>;

  constructor(streams = 65_536) {
    // A size of 1 for each, and not a `max`, for which all room is made at once.
    this.#states = new LRUCache({ maxSize: streams, sizeCalculation: () => 1 });
  }

  get(stream: string): StreamState | undefined {
    return this.#states.get(stream);
  }

  set(stream: string, state: StreamState): void {
    if (stream.length <= LONGEST_NAME) this.#states.set(stream, state);
  }
}
