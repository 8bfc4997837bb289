import { LRUCache } from 'lru-cache';

/** Ids that the memory of one model may hold. */
const REMEMBERED_IDS = 200_000;

/**
 * Which stored documents hold an index value, of those values that were asked for lately: exactly what the storage would answer, because the fold is
 * its only writer and tells each change. It spares a question for each event that cannot name its documents.
 */
export class IndexHolders {
  readonly #known = new LRUCache<string, Set<string>>({ maxSize: REMEMBERED_IDS, sizeCalculation: (ids) => 1 + ids.size });
  readonly #asked = new Set<string>();
  readonly #valueOf: Readonly<Record<string, (document: unknown) => string | undefined>>;

  /** @param indexes the model's: for a document the value of each. */
  constructor(indexes: Readonly<Record<string, (document: unknown) => string | undefined>>) {
    this.#valueOf = indexes;
  }

  /** Undefined: the storage has to be asked. */
  get(index: string, value: string): ReadonlySet<string> | undefined {
    return this.#known.get(indexKey(index, value));
  }

  /** What the storage answered. */
  learn(index: string, value: string, ids: readonly string[]): void {
    this.#asked.add(index);
    this.#known.set(indexKey(index, value), new Set(ids));
  }

  /** A document is stored as `after` now, and was as `before`; undefined: it is not there. */
  stored(id: string, before: unknown, after: unknown): void {
    for (const index of this.#asked) {
      const valueOf = this.#valueOf[index]!;
      const from = before === undefined ? undefined : valueOf(before);
      const to = after === undefined ? undefined : valueOf(after);
      if (from === to) continue;
      if (from !== undefined) this.#known.get(indexKey(index, from))?.delete(id);
      if (to !== undefined) this.#known.get(indexKey(index, to))?.add(id);
    }
  }

  clear(): void {
    this.#known.clear();
  }
}

/** One string for an index and a value of it. */
export function indexKey(index: string, value: string): string {
  return `${index} ${value}`;
}
