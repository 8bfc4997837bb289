import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { hasCode } from '#agents/platform/error-code.js';

const OWNER_ONLY = 0o600;
const SIBLINGS = ['', '-wal', '-shm', '-journal'];

/**
 * Creates a database file, or corrects its mode, before SQLite opens it, so that only the owner can access it. Anyone who can read the file can read
 * all its content, and can block writes with a read lock.
 *
 * An existing file is not opened, because closing it would drop this process's locks on it.
 */
export function createPrivateDatabase(file: string): void {
  try {
    closeSync(openSync(file, 'wx', OWNER_ONLY));
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  for (const suffix of SIBLINGS) mend(`${file}${suffix}`);
}

function mend(file: string): void {
  try {
    const { uid, mode } = statSync(file);
    if (uid === process.geteuid?.() && (mode & 0o7777) !== OWNER_ONLY) chmodSync(file, OWNER_ONLY);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}
