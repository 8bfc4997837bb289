import { Sqlite, type Database } from '#src/engine/sqlite.js';

interface Waiting {
  readonly id: string;
  readonly body: string;
  done(): void;
  failed(error: unknown): void;
}

/** One table, one insert per request, one commit for all requests of one event-loop turn: the least work that still responds after the fsync. */
export class GroupCommit {
  readonly #commit: (group: readonly Waiting[]) => void;
  readonly #database: Database;
  #waiting: Waiting[] = [];

  constructor(file: string) {
    const database = new Sqlite(file);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.exec(
      'CREATE TABLE IF NOT EXISTS bodies (position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, body TEXT NOT NULL) STRICT',
    );
    // The pragma reads back 2 only after a first read.
    database.prepare('SELECT count(*) FROM bodies').get();
    if (database.pragma('synchronous', { simple: true }) !== 2) throw new Error('the floor is not durable');
    const insert = database.prepare('INSERT INTO bodies (id, body) VALUES (?, ?)');
    this.#database = database;
    this.#commit = database.transaction((group: readonly Waiting[]) => {
      for (const { id, body } of group) insert.run(id, body);
    });
  }

  /** Resolves when the body is on the disk. */
  insert(id: string, body: string): Promise<void> {
    return new Promise((done, failed) => {
      if (this.#waiting.push({ id, body, done, failed }) === 1) setImmediate(() => this.#write());
    });
  }

  close(): void {
    this.#database.close();
  }

  #write(): void {
    const group = this.#waiting;
    this.#waiting = [];
    try {
      this.#commit(group);
      for (const { done } of group) done();
    } catch (error) {
      for (const { failed } of group) failed(error);
    }
  }
}
