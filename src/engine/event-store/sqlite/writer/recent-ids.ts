import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { maxEntries } from '#src/engine/cache-options.js';

interface Place {
  readonly stream: string;
  readonly revision: number;
}

/** Recently written event ids of all streams. As in EventStoreDB, they are only held in memory. */
export class RecentIds {
  readonly #places: LRUCache<string, Place>;
  #uncommitted = new Map<string, Place>();

  constructor(ids = 32_768) {
    this.#places = new LRUCache(maxEntries(ids));
  }

  find(id: string, stream: string): number | undefined {
    const place = this.#place(id);
    return place?.stream === keyOf(stream) ? place.revision : undefined;
  }

  note(id: string, stream: string, revision: number): void {
    if (this.#place(id) === undefined) this.#uncommitted.set(id, { stream: keyOf(stream), revision });
  }

  committed(): void {
    for (const [id, place] of this.#uncommitted) this.#places.set(id, place);
    this.#uncommitted.clear();
  }

  dropped(): void {
    this.#uncommitted.clear();
  }

  #place(id: string): Place | undefined {
    return this.#uncommitted.get(id) ?? this.#places.get(id);
  }
}

const LONG_NAME = 256;

function keyOf(stream: string): string {
  return stream.length <= LONG_NAME ? stream : createHash('sha256').update(stream).digest('base64');
}
