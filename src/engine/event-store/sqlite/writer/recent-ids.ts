import { createHash } from 'node:crypto';

interface Place {
  /** See {@link keyOf}. */
  readonly stream: string;
  readonly revision: number;
}

/**
 * Where event ids were lately written by clients of the wire. As in EventStoreDB it is memory only, over all streams, and an id keeps the first place
 * that it had. Holds between one and two halves: the older half goes when the younger is full.
 */
export class RecentIds {
  readonly #half: number;
  #young = new Map<string, Place>();
  #old = new Map<string, Place>();
  /** Of the group under way. */
  #uncommitted = new Map<string, Place>();

  constructor(half = 16_384) {
    this.#half = half;
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
    if (this.#uncommitted.size === 0) return;
    for (const [id, place] of this.#uncommitted) this.#young.set(id, place);
    this.#uncommitted.clear();
    if (this.#young.size < this.#half) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  dropped(): void {
    this.#uncommitted.clear();
  }

  #place(id: string): Place | undefined {
    return this.#uncommitted.get(id) ?? this.#young.get(id) ?? this.#old.get(id);
  }
}

const LONG_NAME = 256;

/** A name can be very long; this is not. */
function keyOf(stream: string): string {
  return stream.length <= LONG_NAME ? stream : createHash('sha256').update(stream).digest('base64');
}
