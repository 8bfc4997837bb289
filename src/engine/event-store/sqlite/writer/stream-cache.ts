import { LRUCache } from 'lru-cache';
import { maxEntries } from '#src/engine/cache-options.js';
import type { StreamState } from '../../append-rule.js';

/** Maximum length of cached stream names. Muster's own names are shorter, but protocol clients may use longer ones. */
const MAX_NAME_LENGTH = 512;

export class StreamCache {
  readonly #states: LRUCache<string, StreamState>;

  constructor(streams = 65_536) {
    this.#states = new LRUCache(maxEntries(streams));
  }

  get(stream: string): StreamState | undefined {
    return this.#states.get(stream);
  }

  set(stream: string, state: StreamState): void {
    if (stream.length <= MAX_NAME_LENGTH) this.#states.set(stream, state);
  }
}
