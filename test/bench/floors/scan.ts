/** A program that scans the log file named on its command line and prints a `Scan` as JSON. */
import { Sqlite } from '#src/engine/sqlite.js';

export interface Scan {
  readonly events: number;
  readonly seconds: number;
}

const database = new Sqlite(process.argv[2] ?? '', { readonly: true, fileMustExist: true });
const counts = new Map<string, number>();
const began = performance.now();
for (const row of database
  .prepare('SELECT type, metadata, data FROM events ORDER BY position')
  .raw()
  .iterate()) {
  const [type, metadata, data] = row as [string, string, string];
  // Parses both texts in full, although only the type is counted.
  if (typeof JSON.parse(metadata) === 'object' && typeof JSON.parse(data) === 'object')
    counts.set(type, (counts.get(type) ?? 0) + 1);
}
const seconds = (performance.now() - began) / 1000;
database.close();
const events = [...counts.values()].reduce((sum, count) => sum + count, 0);
console.log(JSON.stringify({ events, seconds } satisfies Scan));
