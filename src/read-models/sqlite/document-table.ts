import type { Database, Statement } from 'better-sqlite3';
import type { GenerationCommit, GenerationState, IndexedRow, Row } from '../storage.js';
import { createDocumentIndex, documentTable, indexColumn } from './schema.js';

type Columns = [sequence: bigint, id: string, created: bigint, applied: bigint, parked: bigint, json: string];

const COLUMNS = 'sequence, id, created, applied, parked, json';

/** The documents of one generation, with the statements that its writer needs. */
export class DocumentTable {
  readonly #db: Database;
  readonly #state: Pick<GenerationState, 'generation' | 'model'>;
  readonly #name: string;
  readonly #load: Statement<[string], Columns>;
  readonly #insert: Statement;
  readonly #update: Statement;
  readonly #remove: Statement<[number]>;
  readonly #find = new Map<string, Statement<[string], Columns>>();

  constructor(db: Database, state: Pick<GenerationState, 'generation' | 'model'>, indexes: readonly string[]) {
    this.#db = db;
    this.#state = state;
    this.#name = documentTable(state.model, state.generation);
    const columns = indexes.map(indexColumn);
    this.#load = this.#rows(`SELECT ${COLUMNS} FROM ${this.#name} WHERE id = ?`);
    const names = ['sequence', 'id', 'created', 'applied', 'parked', 'json', ...columns];
    this.#insert = db.prepare(`INSERT INTO ${this.#name} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`);
    const set = ['applied', 'parked', 'json', ...columns].map((name) => `${name} = ?`).join(', ');
    this.#update = db.prepare(`UPDATE ${this.#name} SET ${set} WHERE sequence = ?`);
    this.#remove = db.prepare(`DELETE FROM ${this.#name} WHERE sequence = ?`);
  }

  load(id: string): Row | undefined {
    const columns = this.#load.get(id);
    return columns === undefined ? undefined : toRow(columns);
  }

  find(index: string, value: string): readonly Row[] {
    let statement = this.#find.get(index);
    if (statement === undefined) {
      // A generation under construction gets its indexes at the end, but for those that its own fold asks for.
      createDocumentIndex(this.#db, this.#state.model, this.#state.generation, index);
      statement = this.#rows(`SELECT ${COLUMNS} FROM ${this.#name} WHERE ${indexColumn(index)} = ? ORDER BY sequence`);
      this.#find.set(index, statement);
    }
    return statement.all(value).map(toRow);
  }

  apply(commit: GenerationCommit): void {
    if (commit.cleared) this.#db.exec(`DELETE FROM ${this.#name}`);
    for (const { sequence } of commit.removed) this.#remove.run(sequence);
    for (const row of commit.rows) this.#put(row);
  }

  #put(row: IndexedRow): void {
    const { sequence, id, created, applied, json, indexes } = row;
    const parked = row.parked ? 1 : 0;
    if (row.fresh) this.#insert.run(sequence, id, created, applied, parked, json, ...indexes);
    else this.#update.run(applied, parked, json, ...indexes, sequence);
  }

  #rows(sql: string): Statement<[string], Columns> {
    return this.#db.prepare<[string], Columns>(sql).raw(true).safeIntegers(true) as Statement<[string], Columns>;
  }
}

function toRow([sequence, id, created, applied, parked, json]: Columns): Row {
  return { id, sequence: Number(sequence), created, applied, json, parked: parked !== 0n };
}
