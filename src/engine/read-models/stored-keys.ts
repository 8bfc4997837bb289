import { BloomFilter } from './bloom-filter.js';
import type { ChangedRow } from './storage.js';

/** Which ids and index values the storage can hold of a generation that began empty in this process. */
export class StoredKeys {
  readonly #filter = new BloomFilter();

  /** @param indexNames those that hold one value, in the order in which rows carry their values. */
  constructor(private readonly indexNames: readonly string[]) {}

  /** A row is written. */
  add({ id, fresh, indexes }: ChangedRow): void {
    if (fresh) this.#filter.add(this.#kindOf(''), id);
    for (let index = 0; index < this.indexNames.length; index += 1) {
      const value = indexes[index];
      if (typeof value === 'string') this.#filter.add(index, value);
    }
  }

  /** Whether the storage surely holds no document with this index value; with this id, where the index is ''. */
  isAbsent(index: string, value: string): boolean {
    return this.#filter.isAbsent(this.#kindOf(index), value);
  }

  #kindOf(index: string): number {
    return this.indexNames.indexOf(index);
  }
}
