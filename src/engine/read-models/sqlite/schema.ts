import type { Database } from '#src/engine/sqlite.js';
import { isList } from '../storage.js';

export const READ_MODELS_FILE = 'read-models.db';

export const CHANGES_COLUMN = 'changes INTEGER NOT NULL DEFAULT 0';

export function documentTable(model: string, generation: number | bigint): string {
  return `"${model}_${generation}"`;
}

export function indexColumn(index: string): string {
  return `"by_${index}"`;
}

export function indexName(model: string, generation: number | bigint, index: string): string {
  return `"${model}_${generation}_by_${index}"`;
}

/** Rows are stored in creation order. Indexes are partial, so documents without a value cost nothing. */
export function createDocumentTable(
  db: Database,
  model: string,
  generation: number | bigint,
  indexes: readonly string[],
): void {
  const columns = indexes.map((index) => `${indexColumn(index)} TEXT,`).join(' ');
  db.exec(`CREATE TABLE ${documentTable(model, generation)} (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    applied INTEGER NOT NULL,
    parked INTEGER NOT NULL,
    ${CHANGES_COLUMN},
    ${columns}
    json TEXT NOT NULL
  ) STRICT`);
}

export function createDocumentIndex(
  db: Database,
  model: string,
  generation: number | bigint,
  index: string,
): void {
  if (isList(index)) {
    createListTable(db, model, generation, index);
    return;
  }
  const column = indexColumn(index);
  db.exec(
    `CREATE INDEX IF NOT EXISTS ${indexName(model, generation, index)} ON ${documentTable(model, generation)} (${column}) WHERE ${column} IS NOT NULL`,
  );
}

export function listTable(model: string, generation: number | bigint, index: string): string {
  return indexName(model, generation, index);
}

/** A trigger keeps the table in sync with the documents, so that their writer need not know the old values. */
function createListTable(db: Database, model: string, generation: number | bigint, index: string): void {
  const [table, documents, column] = [
    listTable(model, generation, index),
    documentTable(model, generation),
    indexColumn(index),
  ];
  // The table has already been filled. Filling it again would read every document.
  if (
    db.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`).get(table.slice(1, -1)) !==
    undefined
  )
    return;
  const trigger = (when: string): string => indexName(model, generation, `${index}_${when}`);
  const of = (row: 'old' | 'new'): string => `SELECT value FROM json_each(${row}.${column})`;
  const lose = `DELETE FROM ${table} WHERE sequence = old.sequence AND value IN (${of('old')})`;
  const gain = `INSERT OR IGNORE INTO ${table} SELECT value, new.sequence FROM json_each(new.${column})`;
  db.exec(`
    CREATE TABLE ${table} (value TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (value, sequence)) STRICT, WITHOUT ROWID;
    INSERT OR IGNORE INTO ${table} SELECT each.value, sequence FROM ${documents}, json_each(${column}) AS each ORDER BY each.value;
    CREATE TRIGGER ${trigger('made')} AFTER INSERT ON ${documents} BEGIN ${gain}; END;
    CREATE TRIGGER ${trigger('gone')} AFTER DELETE ON ${documents} BEGIN ${lose}; END;
    CREATE TRIGGER ${trigger('changed')} AFTER UPDATE OF ${column} ON ${documents} WHEN old.${column} IS NOT new.${column}
      BEGIN ${lose} AND value NOT IN (${of('new')}); ${gain}; END;
  `);
}

export function dropDocumentTable(
  db: Database,
  model: string,
  generation: number | bigint,
  indexes: readonly string[],
): void {
  for (const index of indexes.filter(isList))
    db.exec(`DROP TABLE IF EXISTS ${listTable(model, generation, index)}`);
  db.exec(`DROP TABLE IF EXISTS ${documentTable(model, generation)}`);
}
