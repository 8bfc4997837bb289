import { LRUCache } from 'lru-cache';
import type { Projection } from '#domain/kernel/projection.js';
import type { Entry } from './entry.js';
import type { ModelStorage, Row } from './storage.js';

/** Maximum number of index values whose documents are counted in memory. For other values, the storage counts each time. */
const COUNTED_VALUES = 100_000;
const PAGE = 16;
const PAGE_DISTANT = 200;

type Keep = NonNullable<Projection['keep']>;

interface OldestRows {
  rows: Row[];
  after: number;
  ended: boolean;
}

/**
 * Finds excess documents of a model that retains only the newest documents per index value. Counts documents and reads only the documents to be
 * dropped, so the cost of a new document does not grow with the number of retained documents.
 */
export class Retention {
  readonly #valueOf: (document: unknown) => string | undefined;
  readonly #stored = new LRUCache<string, number>({ max: COUNTED_VALUES });
  readonly #changes = new Map<string, number>();
  readonly #recent = new Map<string, Set<Entry>>();
  readonly #oldest = new Map<string, OldestRows>();

  constructor(
    readonly keep: Keep,
    { indexes }: Pick<Projection, 'indexes'>,
    private readonly storage: Pick<ModelStorage, 'find' | 'count' | 'isDistant'>,
    private readonly generation: number,
  ) {
    const valueOf = indexes?.[keep.index];
    if (valueOf === undefined) throw new RangeError(`there is no index ${keep.index}`);
    this.#valueOf = valueOf;
  }

  valueOf(document: unknown): string | undefined {
    return document === undefined ? undefined : this.#valueOf(document);
  }

  moved(entry: Entry, before: unknown): void {
    const [from, to] = [this.valueOf(before), this.valueOf(entry.document)];
    if (from === to) return;
    if (from !== undefined) {
      this.#changes.set(from, (this.#changes.get(from) ?? 0) - 1);
      this.#recent.get(from)?.delete(entry);
    }
    if (to === undefined) return;
    this.#changes.set(to, (this.#changes.get(to) ?? 0) + 1);
    const recent = this.#recent.get(to);
    if (recent === undefined) this.#recent.set(to, new Set([entry]));
    else recent.add(entry);
  }

  /**
   * Returns the number of excess documents for an index value. Returns a promise only if the storage must be queried. `absent` means that the storage
   * has no documents with the value.
   */
  surplus(value: string, absent: boolean): number | Promise<number> {
    if (absent) this.#stored.set(value, 0);
    const stored = this.#stored.get(value);
    if (stored !== undefined) return this.#surplusOf(value, stored);
    return this.storage.count(this.generation, this.keep.index, value).then((count) => {
      this.#stored.set(value, count);
      return this.#surplusOf(value, count);
    });
  }

  /** Returns the oldest documents for an index value, in order. `entryOf` returns the in-memory entry of a row. */
  async oldest(value: string, count: number, entryOf: (row: Row) => Entry): Promise<readonly Entry[]> {
    const stands = (entry: Entry): boolean => this.valueOf(entry.document) === value;
    const found = await this.#oldestStored(value, count, entryOf, stands);
    const all = new Set([...found, ...[...(this.#recent.get(value) ?? [])].filter(stands)]);
    return [...all].sort((a, b) => a.sequence - b.sequence).slice(0, count);
  }

  committed(): void {
    for (const [value, change] of this.#changes) {
      const stored = this.#stored.get(value);
      if (stored !== undefined) this.#stored.set(value, stored + change);
    }
    this.#forgetChanges();
  }

  clear(): void {
    this.#stored.clear();
    this.#forgetChanges();
  }

  #forgetChanges(): void {
    this.#changes.clear();
    this.#recent.clear();
    this.#oldest.clear();
  }

  #surplusOf(value: string, stored: number): number {
    return stored + (this.#changes.get(value) ?? 0) - this.keep.newest;
  }

  async #oldestStored(
    value: string,
    count: number,
    entryOf: (row: Row) => Entry,
    stands: (entry: Entry) => boolean,
  ): Promise<readonly Entry[]> {
    const found: Entry[] = [];
    if (this.#stored.get(value) === 0) return found;
    const oldest = this.#oldest.get(value) ?? { rows: [], after: 0, ended: false };
    this.#oldest.set(value, oldest);
    for (let at = 0; found.length < count;) {
      const row = oldest.rows[at];
      if (row === undefined) {
        if (oldest.ended) break;
        const limit = Math.max(this.storage.isDistant ? PAGE_DISTANT : PAGE, count - found.length);
        const rows = await this.storage.find(this.generation, this.keep.index, value, {
          after: oldest.after,
          limit,
        });
        oldest.ended = rows.length < limit;
        oldest.after = rows.at(-1)?.sequence ?? oldest.after;
        oldest.rows.push(...rows);
        continue;
      }
      const entry = entryOf(row);
      // A document that was recreated with the same id has a new sequence.
      if (entry.sequence === row.sequence && stands(entry)) {
        found.push(entry);
        at += 1;
      } else oldest.rows.splice(at, 1);
    }
    return found;
  }
}
