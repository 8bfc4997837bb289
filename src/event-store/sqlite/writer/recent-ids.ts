interface Place {
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

  find(id: string): Place | undefined {
    return this.#uncommitted.get(id) ?? this.#young.get(id) ?? this.#old.get(id);
  }

  note(id: string, stream: string, revision: number): void {
    if (this.find(id) === undefined) this.#uncommitted.set(id, { stream, revision });
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
}
