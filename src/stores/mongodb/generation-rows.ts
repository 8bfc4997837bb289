import { MongoServerError, type AnyBulkWriteOperation, type Collection, type Document } from 'mongodb';
import pLimit, { type LimitFunction } from 'p-limit';
import {
  isList,
  type ChangedRow,
  type GenerationCommit,
  type Gone,
  type IndexedRow,
  type Row,
  type RowsPage,
} from '#src/engine/read-models/index.js';
import { allEnded, deleteAll, insertAll, updateAll } from './bulk.js';
import { indexField, type StoredRow } from './schema.js';

const IDS_PER_QUERY = 500;
/**
 * Maximum number of ids that are queried one by one, concurrently. Every MongoDB-compatible server finds a single id by its index, but FerretDB scans
 * the whole collection for a list.
 */
const MAX_SINGLE_QUERIES = 32;

export class GenerationRows {
  readonly #indexed = new Map<string, Promise<unknown>>();

  readonly #turns: LimitFunction;

  constructor(
    readonly collection: Collection<StoredRow>,
    readonly indexes: readonly string[],
    turns = pLimit(1),
  ) {
    this.#turns = turns;
  }

  async load(ids: readonly string[]): Promise<readonly (IndexedRow | Gone)[]> {
    const found: (IndexedRow | Gone)[] = [];
    for (let from = 0; from < ids.length; from += IDS_PER_QUERY) {
      for (const row of await this.#read(ids.slice(from, from + IDS_PER_QUERY)))
        found.push(row.s < 0n ? { id: row._id, applied: row.a, gone: true } : this.#indexedRow(row));
    }
    return found;
  }

  async #read(ids: readonly string[]): Promise<readonly StoredRow[]> {
    if (ids.length > MAX_SINGLE_QUERIES)
      return await this.collection.find({ _id: { $in: ids } }, { batchSize: IDS_PER_QUERY }).toArray();
    const found = await Promise.all(ids.map((_id) => this.collection.findOne({ _id })));
    return found.filter((row) => row !== null);
  }

  async find(index: string, value: string, page?: RowsPage): Promise<readonly Row[]> {
    await this.index(index);
    const behind = page === undefined ? {} : { s: { $gt: BigInt(page.after) } };
    const bounds = page === undefined ? {} : { limit: page.limit, batchSize: page.limit };
    return (
      await this.collection
        .find({ [indexField(index)]: value, ...behind }, { sort: { s: 1 }, ...bounds })
        .toArray()
    ).map(toRow);
  }

  async count(index: string, value: string): Promise<number> {
    await this.index(index);
    return await this.collection.countDocuments({ [indexField(index)]: value });
  }

  async scan(after: number, limit: number): Promise<readonly IndexedRow[]> {
    const rows = await this.collection
      .find({ s: { $gt: BigInt(after) } }, { sort: { s: 1 }, limit, batchSize: limit })
      .toArray();
    return rows.map((row) => this.#indexedRow(row));
  }

  async index(name: string): Promise<void> {
    let made = this.#indexed.get(name);
    if (made === undefined) {
      made = this.#createIndex(indexField(name));
      this.#indexed.set(name, made);
      made.catch(() => this.#indexed.delete(name));
    }
    await made;
  }

  /**
   * A server that was killed while it created an index may refuse the same name forever: FerretDB then has the index but no record of it. A refused
   * index therefore gets a name that no other lease holder has used.
   */
  async #createIndex(field: string): Promise<void> {
    const keys = { [field]: 1, s: 1 } as const;
    try {
      await this.collection.createIndex(keys);
    } catch (error) {
      if (!(error instanceof MongoServerError)) throw error;
      await this.collection.createIndex(keys, { name: `${field}_${this.collection.collectionName}` });
    }
  }

  /**
   * Writes the rows of a commit. Each write is filtered on the position up to which the document is folded, so it can be repeated after any partial
   * success. Returns false if a document that must exist is missing.
   */
  async apply(commit: GenerationCommit): Promise<boolean> {
    const { clearedAt, removed, rows, checkpoint } = commit;
    // Deletes by position, so that a repeated commit does not remove its own writes.
    if (clearedAt !== undefined) await this.collection.deleteMany({ a: { $lt: clearedAt } });
    const kept = new Set(rows.map(({ id }) => id));
    const stored = new Set(removed.map(({ id }) => id));
    const gone = removed.filter(({ id }) => !kept.has(id)).map((row) => removal(row, checkpoint.position));
    const fresh = rows
      .filter((row) => row.fresh && !stored.has(row.id))
      .sort((a, b) => a.sequence - b.sequence);
    const updates = [
      ...rows
        .filter((row) => row.fresh && stored.has(row.id))
        .map((row) => guarded(row.id, withoutId(this.#stored(row)))),
      ...rows.filter((row) => !row.fresh).map((row) => guarded(row.id, this.#changes(row))),
    ];
    // No two of these writes concern the same document.
    const [, taken, matched] = await allEnded<[number, readonly StoredRow[], number]>([
      updateAll(this.collection, gone, this.#turns),
      insertAll(
        this.collection,
        fresh.map((row) => this.#stored(row)),
      ),
      updateAll(this.collection, updates, this.#turns),
    ]);
    const again = await updateAll(
      this.collection,
      taken.map(({ _id, ...values }) => guarded(_id, values)),
      this.#turns,
    );
    if (matched + again === updates.length + taken.length) return true;
    const ids = rows.map(({ id }) => id);
    return (await this.load(ids)).length === new Set(ids).size;
  }

  async purge(removed: readonly { readonly id: string }[], position: bigint): Promise<void> {
    await deleteAll(
      this.collection,
      removed.map(({ id }) => ({ _id: id, s: { $lt: 0n }, a: { $lte: position } })),
      this.#turns,
    );
  }

  #indexedRow(row: StoredRow): IndexedRow {
    return { ...toRow(row), indexes: this.indexes.map((index) => valueOf(row, index)) };
  }

  #stored(row: ChangedRow): StoredRow {
    return { _id: row.id, s: BigInt(row.sequence), c: row.created, ...this.#changes(row) } as StoredRow;
  }

  #changes({ applied, parked, json, indexes }: ChangedRow): Document {
    const changes: Document = { a: applied, p: parked, j: json };
    for (let index = 0; index < this.indexes.length; index += 1)
      changes[indexField(this.indexes[index]!)] = stored(this.indexes[index]!, indexes[index] ?? null);
    return changes;
  }
}

function stored(index: string, value: string | null): string | readonly string[] | null {
  return value !== null && isList(index) ? (JSON.parse(value) as string[]) : value;
}

function valueOf(row: StoredRow, index: string): string | null {
  const value = row[indexField(index)] ?? null;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

function guarded(id: string, values: Document): AnyBulkWriteOperation<StoredRow> {
  return { updateOne: { filter: { _id: id, a: { $lte: values['a'] as bigint } }, update: { $set: values } } };
}

function removal(
  { id, sequence }: Pick<Row, 'id' | 'sequence'>,
  position: bigint,
): AnyBulkWriteOperation<StoredRow> {
  const values: Document = { a: position, s: BigInt(-sequence), p: false, j: '' };
  return {
    replaceOne: {
      filter: { _id: id, a: { $lte: position } },
      replacement: { c: -1n, ...values } as StoredRow,
    },
  };
}

function withoutId({ _id, ...values }: StoredRow): Document {
  return values;
}

function toRow({ _id, s, c, a, p, j }: StoredRow): Row {
  return { id: _id, sequence: Number(s), created: c, applied: a, json: j, parked: p };
}
