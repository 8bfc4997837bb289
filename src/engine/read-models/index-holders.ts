import { LRUCache } from 'lru-cache';

const REMEMBERED_IDS = 200_000;

/**
 * Caches which stored documents have an index value. The result is exactly what the storage would return, because the fold is the storage's only
 * writer and reports each change. This saves a query for each event that does not name its documents.
 */
export class IndexHolders {
  readonly #known = new LRUCache<string, Set<string>>({
    maxSize: REMEMBERED_IDS,
    sizeCalculation: (ids) => 1 + ids.size,
  });
  readonly #asked = new Set<string>();
  readonly #valueOf: Readonly<Record<string, (document: unknown) => string | undefined>>;

  constructor(indexes: Readonly<Record<string, (document: unknown) => string | undefined>>) {
    this.#valueOf = indexes;
  }

  get(index: string, value: string): ReadonlySet<string> | undefined {
    return this.#known.get(indexKey(index, value));
  }

  learn(index: string, value: string, ids: readonly string[]): void {
    this.#asked.add(index);
    this.#known.set(indexKey(index, value), new Set(ids));
  }

  /** Records that a document was stored as `before` and is now stored as `after`. Undefined means that it did not or does not exist. */
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

export function indexKey(index: string, value: string): string {
  return `${index} ${value}`;
}
