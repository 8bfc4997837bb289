import { LRUCache } from 'lru-cache';
import { keptAtMost } from '#src/engine/recently-used.js';
import type { StreamState } from '../../append-rule.js';

/** Maximum length of cached names. Muster's own are shorter; protocol clients may choose any length. */
const LONGEST_NAME = 512;

export class StreamCache {
  readonly #states: LRUCache<string, StreamState>;

  constructor(streams = 65_536) {
    this.#states = new LRUCache(keptAtMost(streams));
  }

  get(stream: string): StreamState | undefined {
    return this.#states.get(stream);
  }

  set(stream: string, state: StreamState): void {
    if (stream.length <= LONGEST_NAME) this.#states.set(stream, state);
  }
}
