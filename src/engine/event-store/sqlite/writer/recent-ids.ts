import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { keptAtMost } from '#src/engine/recently-used.js';

interface Place {
  /** See {@link keyOf}. */
  readonly stream: string;
  readonly revision: number;
}

/**
 * Where event ids were lately written by clients of the wire. As in EventStoreDB it is memory only, over all streams, and an id keeps the first place
 * that it had.
 */
export class RecentIds {
  readonly #places: LRUCache<string, Place>;
  /** Of the group under way. */
  #uncommitted = new Map<string, Place>();

  constructor(ids = 32_768) {
    this.#places = new LRUCache(keptAtMost(ids));
  }

  /** The revision of an id in this stream. */
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

/** A name can be very long; this is not. */
function keyOf(stream: string): string {
  return stream.length <= LONG_NAME ? stream : createHash('sha256').update(stream).digest('base64');
}
