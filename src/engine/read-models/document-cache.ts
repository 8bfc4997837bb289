/** What the cache must know of an entry: whose it is, and about how large. */
export interface Cached {
  readonly id: string;
  /** Length of its JSON text. */
  readonly size: number;
}

/**
 * Documents that were used lately, up to a total size. Two halves: when the young one is full it becomes the old
 * one and what was not used since is forgotten. Nearly least-recently-used, without a list.
 */
export class DocumentCache<Entry extends Cached> {
  readonly #limit: number;
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(id: string): Entry | undefined {
    const young = this.#young.get(id);
    if (young !== undefined) return young;
    const old = this.#old.get(id);
    if (old !== undefined) this.set(old);
    return old;
  }

  set(entry: Entry): void {
    this.#young.set(entry.id, entry);
    this.#size += entry.size + 200;
    if (this.#size <= this.#limit / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#size = 0;
  }

  delete(id: string): void {
    this.#young.delete(id);
    this.#old.delete(id);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#size = 0;
  }
}
