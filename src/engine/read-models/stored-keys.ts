import { BloomFilter } from './bloom-filter.js';
import type { ChangedRow } from './storage.js';

/** Ids and index values that the storage may contain for a generation that began empty in this process. */
export class StoredKeys {
  readonly #filter = new BloomFilter();

  constructor(private readonly indexNames: readonly string[]) {}

  add({ id, fresh, indexes }: ChangedRow): void {
    if (fresh) this.#filter.add(this.#kindOf(''), id);
    for (let index = 0; index < this.indexNames.length; index += 1) {
      const value = indexes[index];
      if (typeof value === 'string') this.#filter.add(index, value);
    }
  }

  isAbsent(index: string, value: string): boolean {
    return this.#filter.isAbsent(this.#kindOf(index), value);
  }

  #kindOf(index: string): number {
    return this.indexNames.indexOf(index);
  }
}
