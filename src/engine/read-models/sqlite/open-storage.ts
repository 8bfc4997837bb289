import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeMissingFolder, PRIVATE } from '#agents/platform/files/folder.js';
import { createPrivateDatabase } from '#src/engine/private-database.js';
import { Sqlite, type Database } from '#src/engine/sqlite.js';
import { IntegrityCheck } from '#src/engine/integrity-check.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { SCHEMA_VERSION } from './create-schema.js';
import { READ_MODELS_FILE } from './schema.js';
import { SqliteStorage } from './sqlite-storage.js';

/**
 * Opens the read models of a data directory for writing. If the file is missing, damaged or has a different schema, the models start empty, because
 * everything in the file can be rebuilt from the events. If `discard` is true, they always start empty. `history` sets whether the models retain
 * history; if false, existing history is dropped. Default: the file's current setting, or true for an empty file.
 */
export function openSqliteStorage(
  directory: string,
  options: { readonly discard?: boolean; readonly history?: boolean } = {},
): SqliteStorage {
  makeMissingFolder(directory, PRIVATE);
  const file = join(directory, READ_MODELS_FILE);
  if (options.discard === true) discard(file);
  const sound = openSound(file);
  const mark = new IntegrityCheck(file);
  const storage = {
    keepsHistory: options.history ?? ('as before' as const),
    closed: (): void => mark.closed(),
  };
  if (sound !== undefined) return new SqliteStorage(sound, storage);
  discard(file);
  createPrivateDatabase(file);
  const fresh = configure(new Sqlite(file));
  mark.opened();
  return new SqliteStorage(fresh, storage);
}

export function openTemporaryStorage(options: { readonly history?: boolean } = {}): SqliteStorage {
  const db = new Sqlite('');
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -65536');
  return new SqliteStorage(db, { keepsHistory: options.history ?? false });
}

/**
 * Opens a snapshot of the read models while a different process writes them: a temporary copy that is deleted with its connection. A long read
 * transaction on the file itself would prevent the writer from emptying its write-ahead log. Throws `MUSTER_E_READ_MODEL_UNAVAILABLE` if there is no
 * sound file or no space for the copy.
 */
export function openStorageSnapshot(directory: string): SqliteStorage {
  const folder = mkdtempSync(join(tmpdir(), 'muster-read-models-'));
  try {
    const copy = join(folder, READ_MODELS_FILE);
    copyDatabase(join(directory, READ_MODELS_FILE), copy);
    const db = new Sqlite(copy, { readonly: true, fileMustExist: true });
    // SQLite opens the file only at the first access, and the folder is removed below.
    db.pragma('user_version');
    return new SqliteStorage(db);
  } catch (cause) {
    if (!(cause instanceof Sqlite.SqliteError)) throw cause;
    throw new MusterError(
      'MUSTER_E_READ_MODEL_UNAVAILABLE',
      { model: 'all', problem: cause.message },
      { cause },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function copyDatabase(from: string, to: string): void {
  const db = new Sqlite(from, { readonly: true, fileMustExist: true });
  try {
    db.pragma('busy_timeout = 5000');
    if (db.pragma('user_version', { simple: true }) !== SCHEMA_VERSION)
      throw new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', {
        model: 'all',
        problem: 'the file does not exist yet, or belongs to another version of Muster',
      });
    db.prepare('VACUUM INTO ?').run(to);
  } finally {
    db.close();
  }
}

/** Opens a second writable connection, after the first one has checked the file. Used for requests, and for generations that have no other writer. */
export function openSecondStorage(directory: string): SqliteStorage {
  const db = configure(new Sqlite(join(directory, READ_MODELS_FILE), { fileMustExist: true }));
  db.pragma('busy_timeout = 60000');
  db.pragma('wal_autocheckpoint = 16000');
  return new SqliteStorage(db);
}

function openSound(file: string): Database | undefined {
  const mark = new IntegrityCheck(file);
  let db: Database | undefined;
  try {
    createPrivateDatabase(file);
    const sound = mark.holds();
    db = configure(new Sqlite(file));
    const version = db.pragma('user_version', { simple: true });
    const tables = db.prepare('SELECT count(*) FROM sqlite_master').pluck(true).get();
    const known = version === SCHEMA_VERSION || (version === 0 && tables === 0);
    if (known && (sound || db.pragma('quick_check(1)', { simple: true }) === 'ok')) {
      mark.opened();
      return db;
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  db?.close();
  return undefined;
}

function configure(db: Database): Database {
  try {
    db.pragma('page_size = 8192');
    db.pragma('busy_timeout = 5000');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('cache_size = -65536');
    db.pragma('temp_store = MEMORY');
    db.pragma('wal_autocheckpoint = 4000');
    db.pragma('journal_size_limit = 67108864');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function discard(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal', '-checked'])
    rmSync(`${file}${suffix}`, { force: true });
}

/** Returns whether a different process holds a lock on the file, which is temporary. */
export function isBusy(error: unknown): boolean {
  const code = error instanceof Sqlite.SqliteError ? error.code : '';
  return code === 'SQLITE_BUSY' || code.startsWith('SQLITE_BUSY_') || code === 'SQLITE_PROTOCOL';
}

/** Returns whether SQLite reports that the file is not a sound database. */
export function isDamage(error: unknown): boolean {
  const code = error instanceof Sqlite.SqliteError ? error.code : '';
  return code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT');
}
