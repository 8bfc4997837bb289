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
  StoredHistory,
} from '../storage.js';
import type { LogIndexChanges } from '../history/log-index.js';
import { DocumentTable } from './document-table.js';
import { createHistoryTables, dropHistoryTables, HistoryTables } from './history-tables.js';
import { forgetPruning, HistoryPruning, keptFrom } from './history-pruning.js';
import { generationRows, logRows } from './history-rows.js';
import { allSamples, emptyLogIndex, newestIndexed, storeLogIndex } from './log-index.js';
import { createSchema } from './create-schema.js';
import { createDocumentIndex, createDocumentTable, dropDocumentTable } from './schema.js';

interface GenerationRow {
  readonly generation: bigint;
  readonly model: string;
  readonly version: bigint;
  readonly live: bigint;
  readonly indexes: string;
  readonly history: bigint;
  readonly sequence: bigint;
  readonly store_id: string | null;
  readonly position: bigint | null;
  readonly event_id: string | null;
  readonly previous: bigint | null;
}

/** The engine's storage in one SQLite database. Documents and checkpoint change in one transaction. */
export class SqliteStorage implements ModelStorage {
  readonly isDistant = false;
  readonly #db: Database;
  readonly #tables = new Map<number, DocumentTable>();
  readonly keepsHistory: boolean;
  readonly #history = new Map<number, HistoryTables>();
  readonly #closed: () => void;
  #swapping: Statement | undefined;
  #pruning: HistoryPruning | undefined;

  /**
   * Takes over an open database. A read-only database must already have its tables.
   * @param options `keepsHistory` sets whether new generations retain history; if false, existing generations lose theirs. A writable database
   * defaults to `as before`: the current setting, or true if the database is empty. `closed` is called once the storage is closed.
   */
  constructor(
    db: Database,
    options: { readonly keepsHistory?: boolean | 'as before'; readonly closed?: () => void } = {},
  ) {
    this.#db = db;
    const { keepsHistory = db.readonly ? false : 'as before' } = options;
    this.#closed = options.closed ?? ((): void => undefined);
    if (!db.readonly) createSchema(db);
    if (keepsHistory === false && !db.readonly) this.#forgetHistory();
    this.keepsHistory = keepsHistory === 'as before' ? this.#kept() : keepsHistory;
  }

  async generations(): Promise<readonly GenerationState[]> {
    return this.#generations();
  }

  async create(model: string, version: number, indexes: readonly string[]): Promise<GenerationState> {
    return this.#transaction(() => {
      const insert = this.#db.prepare(
        'INSERT INTO generations (model, version, indexes, history) VALUES (?, ?, ?, ?)',
      );
      const history = this.keepsHistory;
      const { lastInsertRowid } = insert.run(model, version, JSON.stringify(indexes), history ? 1 : 0);
      const generation = Number(lastInsertRowid);
      createDocumentTable(this.#db, model, generation, indexes);
      if (history) createHistoryTables(this.#db, model, generation);
      return { generation, model, version, live: false, checkpoint: undefined, sequence: 0, history };
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

  async indexedTo(): Promise<bigint | undefined> {
    return newestIndexed(this.#db);
  }

  async forgetIndex(): Promise<void> {
    this.#transaction(() => emptyLogIndex(this.#db));
  }

  async commit(commits: readonly GenerationCommit[], index?: LogIndexChanges): Promise<void> {
    this.#transaction(() => {
      for (const commit of commits) this.#swap(commit);
      for (const commit of commits) this.#apply(commit);
      if (index !== undefined) storeLogIndex(this.#db, index);
    });
  }

  /** Creates the indexes of a generation before it is promoted. Each is created in a separate transaction, so other writers can run in between. */
  index(generation: number): void {
    const { model } = this.#state(generation);
    for (const index of this.#indexes(generation))
      this.#transaction(() => createDocumentIndex(this.#db, model, generation, index));
  }

  /** Copies commits from the write-ahead log into the file, as far as no reader needs them. Reads and writes may run at the same time. */
  checkpoint(): void {
    try {
      this.#db.pragma('wal_checkpoint(PASSIVE)');
    } catch (error) {
      if (!isFull(error)) throw error;
    }
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

  async pruneHistory(before: number): Promise<boolean> {
    this.#pruning ??= new HistoryPruning(this.#db);
    return this.#pruning.step(before);
  }

  storedHistory(): StoredHistory | undefined {
    if (!this.#generations().some(({ history }) => history)) return undefined;
    return {
      keptFrom: keptFrom(this.#db),
      samples: allSamples(this.#db),
      ofLog: logRows(this.#db),
      ofGeneration: (generation) => generationRows(this.#db, this.#state(generation)),
    };
  }

  async close(): Promise<void> {
    if (!this.#db.open) return;
    this.#db.close();
    this.#closed();
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
      problem: `${commit.model} is no longer at ${commit.expected === undefined ? 'its beginning' : `position ${commit.expected}`}`,
    });
  }

  #apply(commit: GenerationCommit): void {
    if (commit.history !== undefined) this.#historyOf(commit).apply(commit.history);
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
    this.#history.delete(generation);
    dropHistoryTables(this.#db, model, generation);
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

  #historyOf({ model, generation }: Pick<GenerationState, 'model' | 'generation'>): HistoryTables {
    let tables = this.#history.get(generation);
    if (tables === undefined) {
      tables = new HistoryTables(this.#db, model, generation, this.#indexes(generation));
      this.#history.set(generation, tables);
    }
    return tables;
  }

  #kept(): boolean {
    const generations = this.#generations();
    return generations.length === 0 || generations.some(({ history }) => history);
  }

  #forgetHistory(): void {
    const kept = this.#generations().filter(({ history }) => history);
    if (kept.length === 0) return;
    this.#transaction(() => {
      for (const { model, generation } of kept) dropHistoryTables(this.#db, model, generation);
      this.#db.exec('UPDATE generations SET history = 0');
      emptyLogIndex(this.#db);
      forgetPruning(this.#db);
    });
  }

  #state(generation: number): GenerationState {
    const state = this.#generations().find((each) => each.generation === generation);
    if (state === undefined)
      throw new MusterError('MUSTER_E_READ_MODEL_CONTESTED', {
        problem: `generation ${generation} no longer exists`,
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
      history: row.history === 1n,
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
    const transaction = this.#db.transaction(work);
    try {
      return transaction.immediate();
    } catch (cause) {
      if (!isFull(cause)) throw cause;
    }
    try {
      // The write-ahead log may use much more space than its pages need in the file, so empty it and try again.
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
      return transaction.immediate();
    } catch (cause) {
      if (!isFull(cause)) throw cause;
      throw new MusterError('MUSTER_E_STORE_FULL', {}, { cause });
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code === 'SQLITE_FULL';
}
