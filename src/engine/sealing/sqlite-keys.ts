import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createPrivateDatabase } from '#src/engine/private-database.js';
import { Sqlite, type Database, type Statement } from '#src/engine/sqlite.js';
import type { SubjectKeys } from './subject-keys.js';

export const KEYS_FILE = 'keys.db';
/** File with the id of the store of keys that has sealed the data of this directory's log. */
export const KNOWN_KEYS_FILE = 'keys.id';

interface Keeping {
  readonly subject: string;
  readonly wrapped: Uint8Array;
  readonly done: (kept: Uint8Array) => void;
  readonly failed: (error: unknown) => void;
}

/** Opens `keys.db` in the data directory, which only its owner can read. Deleted keys are overwritten. */
export function openSqliteKeys(directory: string): SubjectKeys {
  const file = join(directory, KEYS_FILE);
  createPrivateDatabase(file);
  const db = new Sqlite(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('secure_delete = ON');
  db.exec(
    'CREATE TABLE IF NOT EXISTS keys (subject TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID',
  );
  return new SqliteKeys(db);
}

class SqliteKeys implements SubjectKeys {
  readonly #db: Database;
  readonly #get: Statement<[string], { wrapped: Buffer }>;
  readonly #keep: Statement<[string, Uint8Array]>;
  #waiting: Keeping[] = [];

  constructor(db: Database) {
    this.#db = db;
    this.#get = db.prepare('SELECT wrapped FROM keys WHERE subject = ?');
    this.#keep = db.prepare('INSERT INTO keys (subject, wrapped) VALUES (?, ?) ON CONFLICT DO NOTHING');
  }

  async get(subject: string): Promise<Uint8Array | undefined> {
    return this.#get.get(subject)?.wrapped;
  }

  keep(subject: string, wrapped: Uint8Array): Promise<Uint8Array> {
    return new Promise((done, failed) => {
      this.#waiting.push({ subject, wrapped, done, failed });
      if (this.#waiting.length === 1) void this.#flush();
    });
  }

  async delete(subject: string): Promise<void> {
    this.#db.prepare('DELETE FROM keys WHERE subject = ?').run(subject);
    // The page that contained the key is also in the write-ahead log.
    this.#db.pragma('wal_checkpoint(TRUNCATE)');
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  async #flush(): Promise<void> {
    await setImmediate();
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      this.#db.transaction(() => {
        for (const { subject, wrapped } of waiting) this.#keep.run(subject, wrapped);
      })();
      for (const { subject, wrapped, done } of waiting) done(this.#get.get(subject)?.wrapped ?? wrapped);
    } catch (error) {
      for (const { failed } of waiting) failed(error);
    }
  }
}
