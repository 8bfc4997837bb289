import { Sqlite, type Database, type Statement } from '#src/engine/sqlite.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type {
  GenerationCommit,
  GenerationState,
  IndexedRow,
  ModelStorage,
  Parked,
  Row,
  RowsPage,
} from '../storage.js';
import { DocumentTable } from './document-table.js';
import { createDocumentIndex, createDocumentTable, createSchema, dropDocumentTable } from './schema.js';

interface GenerationRow {
  readonly generation: bigint;
  readonly model: string;
  readonly version: bigint;
  readonly live: bigint;
  readonly indexes: string;
  readonly sequence: bigint;
  readonly store_id: string | null;
  readonly position: bigint | null;
  readonly event_id: string | null;
  readonly previous: bigint | null;
}

/** The engine's storage in one SQLite database: documents and checkpoint change in one transaction. */
export class SqliteStorage implements ModelStorage {
  readonly isDistant = false;
  readonly #db: Database;
  readonly #tables = new Map<number, DocumentTable>();
  #swapping: Statement | undefined;

  /** Takes over an open database. A read-only one must already have its tables. `closed`: called once it is closed. */
  constructor(
    db: Database,
    private readonly closed: () => void = () => undefined,
  ) {
    this.#db = db;
    if (!db.readonly) createSchema(db);
  }

  async generations(): Promise<readonly GenerationState[]> {
    return this.#generations();
  }

  async create(model: string, version: number, indexes: readonly string[]): Promise<GenerationState> {
    return this.#transaction(() => {
      const insert = this.#db.prepare('INSERT INTO generations (model, version, indexes) VALUES (?, ?, ?)');
      const generation = Number(insert.run(model, version, JSON.stringify(indexes)).lastInsertRowid);
      createDocumentTable(this.#db, model, generation, indexes);
      return { generation, model, version, live: false, checkpoint: undefined, sequence: 0 };
    });
  }

  async load(generation: number, ids: readonly string[]): Promise<readonly Row[]> {
    const table = this.#table(generation);
    const rows: Row[] = [];
    for (const id of ids) {
      const row = table.load(id);
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }

  async find(generation: number, index: string, value: string, page?: RowsPage): Promise<readonly Row[]> {
    return this.#table(generation).find(index, value, page);
  }

  async count(generation: number, index: string, value: string): Promise<number> {
    return this.#table(generation).count(index, value);
  }

  async scan(generation: number, after: number, limit: number): Promise<readonly IndexedRow[]> {
    return this.#table(generation).scan(after, limit);
  }

  async commit(commits: readonly GenerationCommit[]): Promise<void> {
    this.#transaction(() => {
      for (const commit of commits) this.#swap(commit);
      for (const commit of commits) this.#apply(commit);
    });
  }

  /** Creates the indexes of a generation before it is promoted, each in its own transaction, so that other writers can run in between. */
  index(generation: number): void {
    const { model } = this.#state(generation);
    for (const index of this.#indexes(generation))
      this.#transaction(() => createDocumentIndex(this.#db, model, generation, index));
  }

  /** Copies commits from the write-ahead log into the file, as far as no reader needs them. Others may read and write meanwhile. */
  checkpoint(): void {
    this.#db.pragma('wal_checkpoint(PASSIVE)');
  }

  async promote(generation: number): Promise<void> {
    this.#transaction(() => {
      const state = this.#state(generation);
      for (const index of this.#indexes(generation))
        createDocumentIndex(this.#db, state.model, generation, index);
      for (const other of this.#generations())
        if (other.model === state.model && other.generation !== generation) this.#drop(other);
      this.#db.prepare('UPDATE generations SET live = 1 WHERE generation = ?').run(generation);
      this.#db.prepare('DELETE FROM requests WHERE model = ?').run(state.model);
    });
  }

  async drop(generation: number): Promise<void> {
    this.#transaction(() => this.#drop(this.#state(generation)));
  }

  async parked(generation: number): Promise<readonly Parked[]> {
    return this.#db
      .prepare<[number], Parked>(
        'SELECT id, event_id AS eventId, position, type, error FROM parked WHERE generation = ? ORDER BY position, id',
      )
      .safeIntegers(true)
      .all(generation);
  }

  async requests(): Promise<readonly string[]> {
    return this.#db.prepare<[], string>('SELECT model FROM requests').pluck(true).all();
  }

  async request(model: string): Promise<void> {
    this.#db.prepare('INSERT OR IGNORE INTO requests (model) VALUES (?)').run(model);
  }

  async accept(model: string): Promise<void> {
    this.#db.prepare('DELETE FROM requests WHERE model = ?').run(model);
  }

  async close(): Promise<void> {
    if (!this.#db.open) return;
    this.#db.close();
    this.closed();
  }

  #swap(commit: GenerationCommit): void {
    const { storeId, position, eventId, previous } = commit.checkpoint;
    this.#swapping ??= this.#db.prepare(
      `UPDATE generations SET store_id = ?, position = ?, event_id = ?, previous = ?, sequence = ?
       WHERE generation = ? AND model = ? AND position IS ?`,
    );
    const { changes } = this.#swapping.run(
      storeId,
      position,
      eventId,
      previous ?? null,
      commit.sequence,
      commit.generation,
      commit.model,
      commit.expected ?? null,
    );
    if (changes === 1) return;
    throw new MusterError('MUSTER_E_READ_MODEL_CONTESTED', {
      model: commit.model,
      expected: String(commit.expected ?? 'its beginning'),
    });
  }

  #apply(commit: GenerationCommit): void {
    this.#table(commit.generation).apply(commit);
    if (commit.clearedAt !== undefined)
      this.#db.prepare('DELETE FROM parked WHERE generation = ?').run(commit.generation);
    for (const id of commit.unparked)
      this.#db.prepare('DELETE FROM parked WHERE generation = ? AND id = ?').run(commit.generation, id);
    for (const { id, eventId, position, type, error } of commit.parked) {
      this.#db
        .prepare(
          'INSERT OR REPLACE INTO parked (generation, id, event_id, position, type, error) VALUES (?, ?, ?, ?, ?, ?)',
        )
        .run(commit.generation, id, eventId, position, type, error);
    }
  }

  #drop({ model, generation }: Pick<GenerationState, 'model' | 'generation'>): void {
    this.#tables.delete(generation);
    dropDocumentTable(this.#db, model, generation, this.#indexes(generation));
    this.#db.prepare('DELETE FROM parked WHERE generation = ?').run(generation);
    this.#db.prepare('DELETE FROM generations WHERE generation = ?').run(generation);
  }

  #table(generation: number): DocumentTable {
    let table = this.#tables.get(generation);
    if (table === undefined) {
      table = new DocumentTable(this.#db, this.#state(generation), this.#indexes(generation));
      this.#tables.set(generation, table);
    }
    return table;
  }

  #state(generation: number): GenerationState {
    const state = this.#generations().find((each) => each.generation === generation);
    if (state === undefined)
      throw new MusterError('MUSTER_E_READ_MODEL_CONTESTED', {
        model: `generation ${generation}`,
        expected: 'this file',
      });
    return state;
  }

  #indexes(generation: number): readonly string[] {
    const text = this.#db
      .prepare<[number], string>('SELECT indexes FROM generations WHERE generation = ?')
      .pluck(true)
      .get(generation);
    return JSON.parse(text ?? '[]') as string[];
  }

  #generations(): readonly GenerationState[] {
    const rows = this.#db
      .prepare<[], GenerationRow>('SELECT * FROM generations ORDER BY generation')
      .safeIntegers(true)
      .all();
    return rows.map((row) => ({
      generation: Number(row.generation),
      model: row.model,
      version: Number(row.version),
      live: row.live === 1n,
      sequence: Number(row.sequence),
      checkpoint:
        row.store_id === null || row.position === null || row.event_id === null
          ? undefined
          : {
              storeId: row.store_id,
              position: row.position,
              eventId: row.event_id,
              previous: row.previous ?? undefined,
            },
    }));
  }

  #transaction<Result>(work: () => Result): Result {
    try {
      return this.#db.transaction(work).immediate();
    } catch (cause) {
      if (cause instanceof Sqlite.SqliteError && cause.code === 'SQLITE_FULL')
        throw new MusterError('MUSTER_E_STORE_FULL', {}, { cause });
      throw cause;
    }
  }
}
