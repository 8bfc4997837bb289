import { chmodSync, closeSync, openSync, statSync } from 'node:fs';

const OWNER_ONLY = 0o600;
/** What SQLite makes next to a database, with the mode of the database; older ones may have another. */
const SIBLINGS = ['', '-wal', '-shm', '-journal'];

/**
 * Sees to it that a database is its owner's alone, before SQLite opens it: it is made so, or mended. Who can read the file could read all of it, and by a
 * lock that comes with reading keep us from writing.
 *
 * A file that is there is not opened: closing it again would drop the locks that this process holds on it.
 */
export function makeOwnDatabase(file: string): void {
  try {
    closeSync(openSync(file, 'wx', OWNER_ONLY));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  for (const suffix of SIBLINGS) mend(`${file}${suffix}`);
}

function mend(file: string): void {
  try {
    const { uid, mode } = statSync(file);
    if (uid === process.geteuid?.() && (mode & 0o7777) !== OWNER_ONLY) chmodSync(file, OWNER_ONLY);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
