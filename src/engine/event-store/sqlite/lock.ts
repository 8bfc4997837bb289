import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeMissingFolder, PRIVATE } from '#agents/platform/files/folder.js';
import { createPrivateDatabase } from '#src/engine/private-database.js';
import { Sqlite, type Database } from '#src/engine/sqlite.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { isNoSpace } from '../space-reserve.js';
import { isSqliteError } from './sqlite-error.js';
import { hasCode } from '#agents/platform/error-code.js';

export interface DataDirectoryLock {
  readonly directory: string;
  release(): void;
}

const LOCK_FILE = 'muster.lock';
/** Identifies the holder for display only; it does not decide who holds the lock. */
const HOLDER_FILE = 'muster.pid';

const HELD = new Set<Database>();

/**
 * Locks a data directory for this process, and creates it if it does not exist. Node.js cannot lock files, so SQLite takes the operating system's
 * lock on a side file. The lock ends with the process, so it never becomes stale. The lock file must not be opened by other means: POSIX drops a
 * process's locks on a file when it closes any descriptor of it. Throws `MUSTER_E_DATA_DIRECTORY_LOCKED` with the holder's process id, and
 * `MUSTER_E_STORE_UNAVAILABLE` if the directory is unusable.
 */
export function lockDataDirectory(directory: string): DataDirectoryLock {
  const database = openLockFile(directory);
  try {
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isSqliteError(error, 'SQLITE_BUSY')) throw error;
    throw new MusterError(
      'MUSTER_E_DATA_DIRECTORY_LOCKED',
      { directory, pid: holder(directory) ?? 'unknown' },
      { cause: error },
    );
  }
  HELD.add(database);
  writeHolder(directory);
  return {
    directory,
    release: () => {
      if (!HELD.delete(database)) return;
      rmSync(join(directory, HOLDER_FILE), { force: true });
      database.close();
    },
  };
}

function openLockFile(directory: string): Database {
  const file = join(directory, LOCK_FILE);
  try {
    makeMissingFolder(directory, PRIVATE);
    createPrivateDatabase(file);
    return new Sqlite(file, { timeout: 0 });
  } catch (cause) {
    throw new MusterError(
      'MUSTER_E_STORE_UNAVAILABLE',
      { problem: `${directory} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}` },
      { cause },
    );
  }
}

function writeHolder(directory: string): void {
  const file = join(directory, HOLDER_FILE);
  try {
    writeFileSync(`${file}.new`, `${String(process.pid)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch (error) {
    // The lock is held anyway. On a full disk, other processes just report an unknown holder.
    if (!isNoSpace(error)) throw error;
  }
}

const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/** A process writes its id just after it has taken the lock, so if the recorded process is dead, the id is read again. */
function holder(directory: string): number | undefined {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const pid = readHolder(directory);
    if (pid !== undefined && isAlive(pid)) return pid;
    Atomics.wait(PAUSE, 0, 0, 10);
  }
  return undefined;
}

function readHolder(directory: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(directory, HOLDER_FILE), 'utf8'));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}
