import { createRequire } from 'node:module';
import type Sqlite3 from 'better-sqlite3';

export type { Database, Statement } from 'better-sqlite3';

/** Bounds the rows of a query by a parameter. Behind a bare `LIMIT ?` SQLite plans by the value, and so compiles the query anew whenever it is bound: 8 µs each time. */
export const LIMIT = 'LIMIT ? + 0';

/** The first version of Node for which better-sqlite3 13 is made. It ends Node 20 by a segmentation fault; 12 ends Node from 24.19 on where a thread that had a database ends. */
const FIRST_NODE_OF_13 = 22;

/** SQLite for the version of Node that runs: one library, in the two of its versions that between them serve them all. */
export const Sqlite: typeof Sqlite3 = load();

function load(): typeof Sqlite3 {
  const name = Number(process.versions.node.split('.')[0]) >= FIRST_NODE_OF_13 ? 'better-sqlite3-13' : 'better-sqlite3';
  try {
    return createRequire(import.meta.url)(name) as typeof Sqlite3;
  } catch (cause) {
    throw new Error(
      `SQLite (npm's package ${name}) is not installed; for Node 20 npm builds it: have g++, make and python3, and run \`npm ci\` again with the version of Node that runs Muster`,
      { cause },
    );
  }
}
