import type { KeptFrom } from '#domain/kernel/ports/history.js';
import { Sqlite, type Database } from '#src/engine/sqlite.js';
import { historyTable, type TableKind } from './history-tables.js';
import { pruneLogIndex } from './log-index.js';

/** Number of rows that one step examines, which takes about a millisecond. */
const ROWS_A_STEP = 500;

/** Returns the moment from which history is complete. Undefined if history was never pruned. */
export function keptFrom(db: Database): KeptFrom | undefined {
  if (!hasTable(db, 'history_kept')) return undefined;
  const row = db
    .prepare<[], { position: bigint; created: bigint }>('SELECT position, created FROM history_kept')
    .safeIntegers(true)
    .get();
  return row && { position: row.position, time: Number(row.created) };
}

/** Forgets that history was pruned. Used when history is rebuilt from the whole log. */
export function forgetPruning(db: Database): void {
  db.exec('DROP TABLE IF EXISTS history_kept');
}

interface Generation {
  readonly model: string;
  readonly generation: bigint;
}

/**
 * SQL condition: row `t` of a table is not needed for any moment from position `@kept` on, because by then its document or its value had ended, or
 * its document had a later frame.
 */
export function isUnneeded(
  kind: TableKind,
  { model, generation }: { readonly model: string; readonly generation: number | bigint },
): string {
  const table = (other: TableKind): string => historyTable(other, model, generation);
  const ended = `EXISTS (SELECT 1 FROM ${table('lives')} AS l WHERE l.sequence = t.sequence AND l.ended <= @kept)`;
  switch (kind) {
    case 'lives':
      return 't.ended <= @kept';
    case 'held':
      return `(t.until <= @kept OR ${ended})`;
    case 'touches':
    case 'frames':
      return `(t.position <= @kept AND (${ended}
        OR EXISTS (SELECT 1 FROM ${table('frames')} AS f WHERE f.sequence = t.sequence AND f.position > t.position AND f.position <= @kept)))`;
  }
}

interface Touched {
  readonly sequence: bigint;
  readonly position: bigint;
}

/**
 * Deletes history that is needed only for moments before a position, in short transactions. Every moment from that position on stays complete: it
 * does not need documents that had ended, and of any other document it needs only the newest frame before the position and everything after that
 * frame.
 */
export class HistoryPruning {
  readonly #db: Database;
  #pass: Generator<void, void> | undefined;
  /** Position of the newest pass of this process. Generations that became live later were not part of it. */
  #passed = -1n;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * @param before milliseconds since the epoch
   * @returns false if nothing is left to do
   */
  step(before: number): boolean {
    try {
      if (this.#pass === undefined) return this.#begin(before);
      if (this.#pass.next().done === true) this.#pass = undefined;
      return true;
    } catch (error) {
      // The generation was replaced by a rebuilt one. The next pass finds it.
      if (!(error instanceof Sqlite.SqliteError) || !error.message.startsWith('no such table')) throw error;
      this.#pass = undefined;
      this.#passed = -1n;
      return true;
    }
  }

  /** Only records which history will be deleted, because readers that have already started need it until a later step. */
  #begin(before: number): boolean {
    const sample = this.#db
      .prepare<[number], { position: bigint; created: bigint }>(
        'SELECT position, created FROM log_samples WHERE created <= ? ORDER BY position DESC LIMIT 1',
      )
      .safeIntegers(true)
      .get(before);
    if (sample === undefined || sample.position <= this.#passed) return false;
    const kept = keptFrom(this.#db);
    const position = kept === undefined || kept.position < sample.position ? sample.position : kept.position;
    if (position !== kept?.position)
      this.#db.transaction(() => {
        this.#db.exec(
          'CREATE TABLE IF NOT EXISTS history_kept (position INTEGER NOT NULL, created INTEGER NOT NULL) STRICT; DELETE FROM history_kept;',
        );
        this.#db.prepare('INSERT INTO history_kept VALUES (?, ?)').run(position, sample.created);
      })();
    this.#passed = sample.position;
    this.#pass = this.#prune(position, kept?.position === position ? BigInt(kept.time) : sample.created);
    return true;
  }

  *#prune(position: bigint, created: bigint): Generator<void, void> {
    const generations = this.#db
      .prepare<[], Generation>('SELECT model, generation FROM generations WHERE history = 1 AND live = 1')
      .safeIntegers(true)
      .all();
    for (const each of generations) {
      yield* this.#touches(each, position);
      yield* this.#frames(each, position);
      yield* this.#held(each, position);
      yield* this.#lives(each, position);
    }
    yield* pruneLogIndex(this.#db, position, created);
  }

  *#touches(of: Generation, kept: bigint): Generator<void, void> {
    const table = historyTable('touches', of.model, of.generation);
    const page = this.#db
      .prepare<[object], Touched>(
        `SELECT sequence, position FROM ${table} WHERE (position, sequence) > (@position, @sequence) AND position <= @kept ORDER BY position, sequence LIMIT ${ROWS_A_STEP}`,
      )
      .safeIntegers(true);
    const remove = this.#db.prepare(
      `DELETE FROM ${table} AS t WHERE (position, sequence) > (@position, @sequence) AND (position, sequence) <= (@lastPosition, @lastSequence) AND ${isUnneeded('touches', of)}`,
    );
    yield* this.#walk({ position: -1n, sequence: -1n }, (after) => {
      const rows = page.all({ ...after, kept });
      const last = rows.at(-1);
      if (last === undefined) return undefined;
      remove.run({ ...after, lastPosition: last.position, lastSequence: last.sequence, kept });
      return last;
    });
  }

  *#frames(of: Generation, kept: bigint): Generator<void, void> {
    const table = historyTable('frames', of.model, of.generation);
    const page = this.#db
      .prepare<[object], Touched>(
        `SELECT sequence, position FROM ${table} WHERE (sequence, position) > (@sequence, @position) ORDER BY sequence, position LIMIT ${ROWS_A_STEP}`,
      )
      .safeIntegers(true);
    const remove = this.#db.prepare(
      `DELETE FROM ${table} AS t WHERE (sequence, position) > (@sequence, @position) AND (sequence, position) <= (@lastSequence, @lastPosition) AND ${isUnneeded('frames', of)}`,
    );
    yield* this.#walk({ position: -1n, sequence: -1n }, (after) => {
      const rows = page.all({ ...after, kept });
      const last = rows.at(-1);
      if (last === undefined) return undefined;
      remove.run({ ...after, lastPosition: last.position, lastSequence: last.sequence, kept });
      return last;
    });
  }

  *#held(of: Generation, kept: bigint): Generator<void, void> {
    const table = historyTable('held', of.model, of.generation);
    interface Held {
      readonly of_index: bigint;
      readonly value: string;
      readonly sequence: bigint;
      readonly since: bigint;
    }
    const key = '(of_index, value, sequence, since)';
    const page = this.#db
      .prepare<[Held], Held>(
        `SELECT of_index, value, sequence, since FROM ${table} WHERE ${key} > (@of_index, @value, @sequence, @since) ORDER BY of_index, value, sequence, since LIMIT ${ROWS_A_STEP}`,
      )
      .safeIntegers(true);
    const remove = this.#db.prepare(
      `DELETE FROM ${table} AS t WHERE ${key} > (@of_index, @value, @sequence, @since) AND ${key} <= (@lastIndex, @lastValue, @lastSequence, @lastSince)
         AND ${isUnneeded('held', of)}`,
    );
    yield* this.#walk<Held>({ of_index: -2n, value: '', sequence: -1n, since: -1n }, (after) => {
      const last = page.all(after).at(-1);
      if (last === undefined) return undefined;
      remove.run({
        ...after,
        lastIndex: last.of_index,
        lastValue: last.value,
        lastSequence: last.sequence,
        lastSince: last.since,
        kept,
      });
      return last;
    });
  }

  /** Must come last, because the other steps look up ended documents in this table. */
  *#lives(of: Generation, kept: bigint): Generator<void, void> {
    const table = historyTable('lives', of.model, of.generation);
    const page = this.#db
      .prepare<[bigint], bigint>(
        `SELECT sequence FROM ${table} WHERE sequence > ? ORDER BY sequence LIMIT ${ROWS_A_STEP}`,
      )
      .pluck(true)
      .safeIntegers(true);
    const remove = this.#db.prepare(
      `DELETE FROM ${table} WHERE sequence > ? AND sequence <= ? AND ended <= ?`,
    );
    yield* this.#walk(-1n, (after) => {
      const last = page.all(after).at(-1) as bigint | undefined;
      if (last !== undefined) remove.run(after, last, kept);
      return last;
    });
  }

  /** @param step returns the last key that it examined, or undefined if there are no more keys */
  *#walk<Key>(first: Key, step: (after: Key) => Key | undefined): Generator<void, void> {
    for (let after: Key | undefined = first; after !== undefined;) {
      const begin: Key = after;
      after = this.#db.transaction(() => step(begin)).immediate();
      yield;
    }
  }
}

function hasTable(db: Database, name: string): boolean {
  return db.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`).get(name) !== undefined;
}
