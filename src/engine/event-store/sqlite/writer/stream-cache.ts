import { LRUCache } from 'lru-cache';
import { maxEntries } from '#src/engine/cache-options.js';
import type { StreamState } from '../../append-rule.js';

/** Maximum length of cached names. Muster's own are shorter; protocol clients may choose any length. */
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
