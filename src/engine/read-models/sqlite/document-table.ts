import { LIMIT, type Database, type Statement } from '#src/engine/sqlite.js';
import type { ChangedRow, GenerationCommit, GenerationState, IndexedRow, Row, RowsPage } from '../storage.js';
import { createDocumentIndex, documentTable, indexColumn } from './schema.js';

type Columns = [
  sequence: bigint,
  id: string,
  created: bigint,
  applied: bigint,
  parked: bigint,
  changes: bigint,
  json: string,
];

const EVERY_ROW: RowsPage = { after: 0, limit: Number.MAX_SAFE_INTEGER };
const COLUMNS = 'sequence, id, created, applied, parked, changes, json';

interface Writes {
  readonly insert: Statement;
  readonly remove: Statement<[number]>;
}

export class DocumentTable {
  readonly #db: Database;
  readonly #state: Pick<GenerationState, 'generation' | 'model'>;
  readonly #name: string;
  readonly #load: Statement<[string], Columns>;
  readonly #indexes: readonly string[];
  #writes: Writes | undefined;
  readonly #updates = new Map<number, Statement>();
  readonly #find = new Map<string, Statement<[string, number, number], Columns>>();
  readonly #count = new Map<string, Statement<[string], number>>();

  constructor(
    db: Database,
    state: Pick<GenerationState, 'generation' | 'model'>,
    indexes: readonly string[],
  ) {
    this.#db = db;
    this.#state = state;
    this.#name = documentTable(state.model, state.generation);
    this.#indexes = indexes;
    this.#load = this.#rows(`SELECT ${COLUMNS} FROM ${this.#name} WHERE id = ?`);
  }

  load(id: string): Row | undefined {
    const columns = this.#load.get(id);
    return columns === undefined ? undefined : toRow(columns);
  }

  find(index: string, value: string, { after, limit }: RowsPage = EVERY_ROW): readonly Row[] {
    let statement = this.#find.get(index);
    if (statement === undefined) {
      const holds = this.#holds(index);
      statement = this.#db
        .prepare<[string, number, number], Columns>(
          `SELECT ${COLUMNS} FROM ${this.#name} WHERE ${holds} AND sequence > ? ORDER BY sequence ${LIMIT}`,
        )
        .raw(true)
        .safeIntegers(true) as Statement<[string, number, number], Columns>;
      this.#find.set(index, statement);
    }
    return statement.all(value, after, limit).map(toRow);
  }

  count(index: string, value: string): number {
    let statement = this.#count.get(index);
    if (statement === undefined) {
      statement = this.#db
        .prepare<[string], number>(`SELECT count(*) FROM ${this.#name} WHERE ${this.#holds(index)}`)
        .pluck(true) as Statement<[string], number>;
      this.#count.set(index, statement);
    }
    return statement.get(value) ?? 0;
  }

  /** SQL condition: the row has the bound value. Creates the index, because a generation under construction gets its other indexes at the end. */
  #holds(index: string): string {
    createDocumentIndex(this.#db, this.#state.model, this.#state.generation, index);
    return `${indexColumn(index)} = ?`;
  }

  scan(after: number, limit: number): readonly IndexedRow[] {
    const names = [COLUMNS, ...this.#indexes.map(indexColumn)].join(', ');
    const statement = this.#db.prepare<[number, number], [...Columns, ...(string | null)[]]>(
      `SELECT ${names} FROM ${this.#name} WHERE sequence > ? ORDER BY sequence ${LIMIT}`,
    );
    const rows = statement.raw(true).safeIntegers(true).all(after, limit) as [
      ...Columns,
      ...(string | null)[],
    ][];
    return rows.map((columns) => ({
      ...toRow(columns.slice(0, 7) as Columns),
      indexes: columns.slice(7) as (string | null)[],
    }));
  }

  apply(commit: GenerationCommit): void {
    const { insert, remove } = (this.#writes ??= prepareWrites(
      this.#db,
      this.#name,
      this.#indexes.map(indexColumn),
    ));
    if (commit.clearedAt !== undefined) this.#db.exec(`DELETE FROM ${this.#name}`);
    for (const { sequence } of commit.removed) remove.run(sequence);
    for (const row of commit.rows) {
      const { sequence, id, created, applied, parked, changesSinceFrame = 0, json, indexes } = row;
      if (row.fresh)
        insert.run(sequence, id, created, applied, parked ? 1 : 0, changesSinceFrame, json, ...indexes);
      else this.#update(row);
    }
  }

  /** Updates only the index columns that have changed, because setting a column rewrites its index. */
  #update({ sequence, applied, parked, changesSinceFrame = 0, json, indexes, indexed }: ChangedRow): void {
    const values = [];
    let changed = 0;
    for (let index = 0; index < indexes.length; index += 1) {
      if (indexed !== undefined && indexed[index] === indexes[index]) continue;
      changed |= 1 << index;
      values.push(indexes[index]);
    }
    let statement = this.#updates.get(changed);
    if (statement === undefined) {
      const names = this.#indexes.filter((_, index) => (changed & (1 << index)) !== 0).map(indexColumn);
      const set = ['applied', 'parked', 'changes', 'json', ...names].map((name) => `${name} = ?`).join(', ');
      statement = this.#db.prepare(`UPDATE ${this.#name} SET ${set} WHERE sequence = ?`);
      this.#updates.set(changed, statement);
    }
    statement.run(applied, parked ? 1 : 0, changesSinceFrame, json, ...values, sequence);
  }

  #rows(sql: string): Statement<[string], Columns> {
    return this.#db.prepare<[string], Columns>(sql).raw(true).safeIntegers(true) as Statement<
      [string],
      Columns
    >;
  }
}

function toRow([sequence, id, created, applied, parked, changes, json]: Columns): Row {
  return {
    id,
    sequence: Number(sequence),
    created,
    applied,
    json,
    parked: parked !== 0n,
    changesSinceFrame: Number(changes),
  };
}

function prepareWrites(db: Database, table: string, indexes: readonly string[]): Writes {
  const names = ['sequence', 'id', 'created', 'applied', 'parked', 'changes', 'json', ...indexes];
  return {
    insert: db.prepare(
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    ),
    remove: db.prepare(`DELETE FROM ${table} WHERE sequence = ?`),
  };
}
