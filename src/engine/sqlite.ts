import { createRequire } from 'node:module';
import type Sqlite3 from 'better-sqlite3';

import type { Database, Statement } from 'better-sqlite3';

export type { Database, Statement };

/**
 * Limits the rows of a query by a parameter. For a bare `LIMIT ?`, SQLite's plan depends on the value, so it recompiles the query on each binding,
 * which takes 8 µs.
 */
export const LIMIT = 'LIMIT ? + 0';

/**
 * The first Node.js version that better-sqlite3 13 supports. Version 13 crashes on Node.js 20; version 12 crashes on Node.js 24.19 and later when a
 * thread that has a database open exits.
 */
const FIRST_NODE_OF_13 = 22;

const statements = new WeakMap<Database, Map<string, Statement>>();

/** Returns the statement of a text, which is compiled once per database. For texts that do not vary, and whose rows are not read while it runs again. */
export function prepared<Parameters extends unknown[], Row = unknown>(
  db: Database,
  sql: string,
): Statement<Parameters, Row> {
  const known = statements.get(db) ?? new Map<string, Statement>();
  statements.set(db, known);
  const statement = known.get(sql) ?? db.prepare(sql);
  known.set(sql, statement);
  return statement as Statement<Parameters, Row>;
}

/** The better-sqlite3 version for the running Node.js version. The two installed versions together cover all supported Node.js versions. */
export const Sqlite: typeof Sqlite3 = load();

function load(): typeof Sqlite3 {
  const name =
    Number(process.versions.node.split('.')[0]) >= FIRST_NODE_OF_13 ? 'better-sqlite3-13' : 'better-sqlite3';
  try {
    return createRequire(import.meta.url)(name) as typeof Sqlite3;
  } catch (cause) {
    throw new Error(
      `SQLite (npm package ${name}) is not installed. For Node 20, npm builds it: install g++, make and python3, and run \`npm ci\` again with the version of Node that runs Muster`,
      { cause },
    );
  }
}
