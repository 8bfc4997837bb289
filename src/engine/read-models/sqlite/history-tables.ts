import type { Database, Statement } from '#src/engine/sqlite.js';
import type { HistoryChanges, ValueLost } from '../history/changes.js';
import { isList } from '../storage.js';
import { createDocumentIndex, documentTable, indexColumn, listTable } from './schema.js';

/**
 * Tables of one generation. `touches`: the events that changed a document, except its creation. `lives`: documents that have ended. `held`: index
 * values that a document gained after its creation or no longer has; `until` is NULL while the document has the value. `frames`: complete
 * intermediate documents.
 */
export type TableKind = 'touches' | 'lives' | 'held' | 'frames';

/** Value of `of_index` in a `held` row that marks a parked document instead of an index entry. */
export const PARKED_INDEX = -1;

export function historyTable(kind: TableKind, model: string, generation: number | bigint): string {
  return `"${model}_${generation}_${kind}"`;
}

function indexOf(kind: TableKind, model: string, generation: number | bigint): string {
  return `"${model}_${generation}_${kind}_index"`;
}

export function createHistoryTables(db: Database, model: string, generation: number): void {
  const table = (kind: TableKind): string => historyTable(kind, model, generation);
  db.exec(`
    CREATE TABLE ${table('touches')} (sequence INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (sequence, position))
      STRICT, WITHOUT ROWID;
    CREATE INDEX ${indexOf('touches', model, generation)} ON ${table('touches')} (position);
    CREATE TABLE ${table('lives')} (sequence INTEGER PRIMARY KEY, id TEXT NOT NULL, created INTEGER NOT NULL, ended INTEGER NOT NULL) STRICT;
    CREATE INDEX ${indexOf('lives', model, generation)} ON ${table('lives')} (id);
    CREATE TABLE ${table('held')} (
      of_index INTEGER NOT NULL, value TEXT NOT NULL, sequence INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER,
      PRIMARY KEY (of_index, value, sequence, since)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE ${table('frames')} (sequence INTEGER NOT NULL, position INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (sequence, position))
      STRICT, WITHOUT ROWID;
  `);
}

export function dropHistoryTables(db: Database, model: string, generation: number): void {
  for (const kind of ['touches', 'lives', 'held', 'frames'] as const)
    db.exec(`DROP TABLE IF EXISTS ${historyTable(kind, model, generation)}`);
}

export class HistoryTables {
  readonly #touch: Statement;
  readonly #end: Statement;
  readonly #gain: Statement;
  readonly #lose: Statement;
  readonly #lost: Statement;
  readonly #frame: Statement;

  constructor(
    private readonly db: Database,
    private readonly model: string,
    private readonly generation: number,
    private readonly indexes: readonly string[],
  ) {
    this.#touch = db.prepare(`INSERT INTO ${this.#table('touches')} (sequence, position) VALUES (?, ?)`);
    this.#end = db.prepare(
      `INSERT INTO ${this.#table('lives')} (sequence, id, created, ended) VALUES (?, ?, ?, ?)`,
    );
    this.#gain = db.prepare(
      `INSERT INTO ${this.#table('held')} (of_index, value, sequence, since) VALUES (?, ?, ?, ?)`,
    );
    // A value that was gained again in the same commit has a separate, later row.
    this.#lose = db.prepare(
      `UPDATE ${this.#table('held')} SET until = ? WHERE of_index = ? AND value = ? AND sequence = ? AND until IS NULL AND since < ?`,
    );
    this.#lost = db.prepare(
      `INSERT INTO ${this.#table('held')} (of_index, value, sequence, since, until) VALUES (?, ?, ?, ?, ?)`,
    );
    this.#frame = db.prepare(
      `INSERT INTO ${this.#table('frames')} (sequence, position, json) VALUES (?, ?, ?)`,
    );
  }

  /** Must be called before the documents of the same commit are written, because a clear ends the stored documents. */
  apply(history: readonly HistoryChanges[]): void {
    for (const { clearedAt, touched, ended, parked, gained, lost, frames } of history) {
      if (clearedAt !== undefined) this.#clear(clearedAt);
      for (const [sequence, position] of touched) this.#touch.run(sequence, position);
      for (const [sequence, position] of parked) this.#gain.run(PARKED_INDEX, '', sequence, position);
      for (const { index, value, sequence, position } of gained)
        this.#gain.run(index, value, sequence, position);
      for (const change of lost) this.#loseValue(change);
      for (const { sequence, id, created, position } of ended) this.#end.run(sequence, id, created, position);
      for (const { sequence, position, json } of frames) this.#frame.run(sequence, position, json);
    }
  }

  #loseValue({ index, value, sequence, position, created }: ValueLost): void {
    const { changes } = this.#lose.run(position, index, value, sequence, position);
    if (changes === 0) this.#lost.run(index, value, sequence, created, position);
  }

  /** Ends every stored document that has not already ended in this commit, and every value that it has. */
  #clear(position: bigint): void {
    const [lives, held, documents] = [
      this.#table('lives'),
      this.#table('held'),
      documentTable(this.model, this.generation),
    ];
    this.db.prepare(`UPDATE ${held} SET until = ? WHERE until IS NULL AND of_index >= 0`).run(position);
    this.indexes.forEach((index, at) => {
      createDocumentIndex(this.db, this.model, this.generation, index);
      const values = isList(index)
        ? `SELECT l.value AS value, d.sequence, d.created FROM ${listTable(this.model, this.generation, index)} AS l JOIN ${documents} AS d USING (sequence)`
        : `SELECT ${indexColumn(index)} AS value, sequence, created FROM ${documents} WHERE ${indexColumn(index)} IS NOT NULL`;
      // If a value has a row, this table already contains its whole history.
      this.db
        .prepare(
          `INSERT INTO ${held} SELECT ?, n.value, n.sequence, n.created, ? FROM (${values}) AS n
           WHERE NOT EXISTS (SELECT 1 FROM ${held} AS h WHERE h.of_index = ? AND h.value = n.value AND h.sequence = n.sequence)`,
        )
        .run(at, position, at);
    });
    this.db
      .prepare(
        `INSERT OR IGNORE INTO ${this.#table('touches')} SELECT sequence, ? FROM ${documents} WHERE sequence NOT IN (SELECT sequence FROM ${lives})`,
      )
      .run(position);
    this.db
      .prepare(`INSERT OR IGNORE INTO ${lives} SELECT sequence, id, created, ? FROM ${documents}`)
      .run(position);
  }

  #table(kind: TableKind): string {
    return historyTable(kind, this.model, this.generation);
  }
}
