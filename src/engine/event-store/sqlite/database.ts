import { dirname } from 'node:path';
import { createPrivateDatabase } from '#src/engine/private-database.js';
import { Sqlite, type Database } from '#src/engine/sqlite.js';
import { IntegrityCheck } from '#src/engine/integrity-check.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { ABSENT_STREAM, type StreamState } from '../append-rule.js';
import { syncPath } from '#src/engine/sync-path.js';
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './schema.js';
import { storeError } from './sqlite-error.js';

export type SqliteDatabase = Database;

/** Older versions have a race between writing and checkpointing that can damage the file. */
const OLDEST_SQLITE = [3, 51, 3] as const;
const CACHE_KIB = 16 * 1024;

/**
 * Opens the log for writing, and creates it if it does not exist. All settings are applied on every open, because better-sqlite3 is built with
 * `synchronous=NORMAL` and reports FULL until the first read. A file that may have been damaged is not served until it passes SQLite's own check.
 * Throws `MUSTER_E_STORE_CORRUPT`, `MUSTER_E_STORE_TOO_NEW`, `MUSTER_E_STORE_FULL` or `MUSTER_E_STORE_UNAVAILABLE`.
 */
export function openForWriting(file: string, newId: () => string): { database: SqliteDatabase; id: string } {
  let database: SqliteDatabase | undefined;
  const mark = new IntegrityCheck(file);
  try {
    createPrivateDatabase(file);
    const sound = mark.holds();
    database = new Sqlite(file, { timeout: 250 });
    checkVersion(database);
    setPragmas(database);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('wal_autocheckpoint = 0');
    database.pragma(`journal_size_limit = ${String(64 * 1024 * 1024)}`);
    checkKind(database);
    if (!sound) checkPages(database);
    mark.opened();
    if (database.pragma('user_version', { simple: true }) === 0) create(database, newId());
    assertDurable(database);
    // SQLite syncs the directory after creating its journals, but not after creating the file itself.
    syncPath(dirname(file));
    return { database, id: readId(database) };
  } catch (error) {
    database?.close();
    throw storeError(error);
  }
}

export function openForReading(file: string): { database: SqliteDatabase; id: string } {
  let database: SqliteDatabase | undefined;
  try {
    database = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 1000 });
    checkVersion(database);
    setPragmas(database);
    if (database.pragma('user_version', { simple: true }) !== SCHEMA_VERSION) checkKind(database);
    return { database, id: readId(database) };
  } catch (error) {
    database?.close();
    throw storeError(error);
  }
}

export function streamState(row: unknown): StreamState {
  const [head, truncateBefore, tombstoned] = row as [number | null, number | null, number | null];
  if (head === null && truncateBefore === null) return ABSENT_STREAM;
  return { head: head ?? -1, truncateBefore: truncateBefore ?? 0, tombstoned: tombstoned === 1 };
}

function setPragmas(database: SqliteDatabase): void {
  database.pragma('cell_size_check = ON');
  database.pragma('trusted_schema = OFF');
  database.pragma('foreign_keys = ON');
  database.pragma('mmap_size = 0');
  database.pragma(`cache_size = -${String(CACHE_KIB)}`);
}

function checkVersion(database: SqliteDatabase): void {
  const version = database.prepare('SELECT sqlite_version()').pluck().get() as string;
  const parts = version.split('.').map(Number);
  for (const [n, oldest] of OLDEST_SQLITE.entries()) {
    const part = parts[n] ?? 0;
    if (part > oldest) return;
    if (part < oldest)
      throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', {
        problem: `SQLite ${version} is older than ${OLDEST_SQLITE.join('.')}`,
      });
  }
}

function checkKind(database: SqliteDatabase): void {
  const found = database.pragma('user_version', { simple: true }) as number;
  if (found > SCHEMA_VERSION)
    throw new MusterError('MUSTER_E_STORE_TOO_NEW', { found, known: SCHEMA_VERSION });
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as number;
  const ours = database.pragma('application_id', { simple: true }) === APPLICATION_ID;
  if (found === 0 ? tables > 0 : !ours) throw corrupt('the file is not an event log');
}

function checkPages(database: SqliteDatabase): void {
  const problem = database.pragma('quick_check(1)', { simple: true }) as string;
  if (problem !== 'ok') throw corrupt(problem);
}

function create(database: SqliteDatabase, id: string): void {
  database.transaction(() => {
    database.exec(SCHEMA);
    database.prepare('INSERT INTO log (id) VALUES (?)').run(id);
    database.pragma(`application_id = ${String(APPLICATION_ID)}`);
    database.pragma(`user_version = ${String(SCHEMA_VERSION)}`);
  })();
}

/** Checks the settings after the first read, because only then are they final. */
function assertDurable(database: SqliteDatabase): void {
  database.prepare('SELECT count(*) FROM log').get();
  const synchronous = database.pragma('synchronous', { simple: true });
  const journal = database.pragma('journal_mode', { simple: true });
  if (synchronous !== 2 || journal !== 'wal') {
    throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', {
      problem: `synchronous is ${String(synchronous)}, journal_mode is ${String(journal)}`,
    });
  }
}

function readId(database: SqliteDatabase): string {
  const id = database.prepare('SELECT id FROM log').pluck().get();
  if (typeof id !== 'string') throw corrupt('the log has no identity');
  return id;
}

function corrupt(problem: string): MusterError {
  return new MusterError('MUSTER_E_STORE_CORRUPT', { problem });
}
