import { createRequire } from 'node:module';
import type Sqlite3 from 'better-sqlite3';

export type { Database, Statement } from 'better-sqlite3';

/**
 * Limits the rows of a query by a parameter. With a bare `LIMIT ?` SQLite plans by the value, and recompiles the query whenever it is bound: 8 µs each time.
 */
export const LIMIT = 'LIMIT ? + 0';

/** The first Node.js version that better-sqlite3 13 supports. 13 crashes on Node.js 20, and 12 crashes from 24.19 on when a thread with a database ends. */
const FIRST_NODE_OF_13 = 22;

/** SQLite for the running Node.js version: the same library in two versions that cover all of them. */
export const Sqlite: typeof Sqlite3 = load();

function load(): typeof Sqlite3 {
  const name =
    Number(process.versions.node.split('.')[0]) >= FIRST_NODE_OF_13 ? 'better-sqlite3-13' : 'better-sqlite3';
  try {
    return createRequire(import.meta.url)(name) as typeof Sqlite3;
  } catch (cause) {
    throw new Error(
      `SQLite (npm's package ${name}) is not installed; for Node 20 npm builds it: have g++, make and python3, and run \`npm ci\` again with the version of Node that runs Muster`,
      { cause },
    );
  }
}
