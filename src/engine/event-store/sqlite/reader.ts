import { LIMIT, type Statement } from '#src/engine/sqlite.js';
import type { EventFilter, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { StreamState } from '../append-rule.js';
import type { Scan } from '../log-source.js';
import type { RevisionRange } from '../pages.js';
import { streamState, type SqliteDatabase } from './database.js';
import { filterSql } from './filter-sql.js';
import { STREAM_STATE } from './schema.js';
import { storeError } from './sqlite-error.js';

type Row = [
  position: number,
  stream: string,
  revision: number,
  id: string,
  type: string,
  created: number,
  metadata: string,
  data: string,
];

const COLUMNS = 'position, stream, revision, id, type, created, metadata, data';
/** Maximum number of rows per step of a filtered scan, so that a step takes a few milliseconds with any filter. */
const WINDOW = 10_000;
const MAX_CACHED_STATEMENTS = 64;

export class SqliteReader {
  readonly #database: SqliteDatabase;
  readonly #head: Statement;
  readonly #state: Statement;
  readonly #dataVersion: Statement;
  readonly #statements = new Map<string, Statement>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#head = database.prepare('SELECT max(position) FROM events').pluck();
    this.#state = database.prepare(STREAM_STATE).raw();
    this.#dataVersion = database.prepare('PRAGMA data_version').pluck();
  }

  head(): number {
    return guarded(() => (this.#head.get() as number | null) ?? 0);
  }

  dataVersion(): number {
    return guarded(() => this.#dataVersion.get() as number);
  }

  streamState(stream: string): StreamState {
    return guarded(() => streamState(this.#state.get(stream)));
  }

  streamPage(stream: string, low: number, high: number, step: RevisionRange['step']): RecordedEvent[] {
    const order = step > 0 ? 'ASC' : 'DESC';
    return this.#events(`stream = ? AND revision BETWEEN ? AND ? ORDER BY revision ${order}`, [
      stream,
      low,
      high,
    ]);
  }

  scanForwards(after: number, filter: EventFilter | undefined, limit: number): Scan {
    if (filter === undefined) {
      const events = this.#events(`position > ? ORDER BY position ${LIMIT}`, [after, limit]);
      return { events, through: lastPosition(events) ?? after, more: events.length === limit };
    }
    const head = this.head();
    const until = Math.min(head, after + WINDOW);
    if (until <= after) return { events: [], through: after, more: false };
    const { condition, parameters } = filterSql(filter);
    const events = this.#events(
      `position > ? AND position <= ? AND ${condition} ORDER BY position ${LIMIT}`,
      [after, until, ...parameters, limit],
    );
    const through = events.length === limit ? (lastPosition(events) ?? until) : until;
    return { events, through, more: through < head };
  }

  scanBackwards(before: number, filter: EventFilter | undefined, limit: number): Scan {
    const above = Math.min(before, this.head() + 1);
    const until = filter === undefined ? 1 : Math.max(1, above - WINDOW);
    if (above <= until) return { events: [], through: before, more: false };
    const { condition, parameters } = filterSql(filter ?? {});
    const events = this.#events(
      `position < ? AND position >= ? AND ${condition} ORDER BY position DESC ${LIMIT}`,
      [above, until, ...parameters, limit],
    );
    const through = events.length === limit ? (lastPosition(events) ?? until) : until;
    return { events, through, more: through > 1 };
  }

  /** Returns at most `limit` events after a position. If the events are large, returns fewer, but at least one. */
  forwardsWithin(after: number, limit: number, characters: number): RecordedEvent[] {
    return this.#within(`position > ? ORDER BY position ${LIMIT}`, [after, limit], characters);
  }

  backwardsWithin(before: number, limit: number, characters: number): RecordedEvent[] {
    return this.#within(`position < ? ORDER BY position DESC ${LIMIT}`, [before, limit], characters);
  }

  streamWithin(
    stream: string,
    low: number,
    high: number,
    step: RevisionRange['step'],
    characters: number,
  ): RecordedEvent[] {
    const order = step > 0 ? 'ASC' : 'DESC';
    return this.#within(
      `stream = ? AND revision BETWEEN ? AND ? ORDER BY revision ${order}`,
      [stream, low, high],
      characters,
    );
  }

  close(): void {
    this.#database.close();
  }

  #events(where: string, parameters: readonly unknown[]): RecordedEvent[] {
    return guarded(() => (this.#prepare(where).all(...parameters) as Row[]).map(recorded));
  }

  #within(where: string, parameters: readonly unknown[], characters: number): RecordedEvent[] {
    return guarded(() => {
      const events: RecordedEvent[] = [];
      let left = characters;
      for (const row of this.#prepare(where).iterate(...parameters) as IterableIterator<Row>) {
        const event = recorded(row);
        events.push(event);
        left -= event.data.length + event.metadata.length;
        if (left <= 0) break;
      }
      return events;
    });
  }

  #prepare(where: string): Statement {
    let statement = this.#statements.get(where);
    if (statement === undefined) {
      if (this.#statements.size >= MAX_CACHED_STATEMENTS) this.#statements.clear();
      statement = this.#database.prepare(`SELECT ${COLUMNS} FROM events WHERE ${where}`).raw();
      this.#statements.set(where, statement);
    }
    return statement;
  }
}

function recorded([position, stream, revision, id, type, created, metadata, data]: Row): RecordedEvent {
  return { id, type, data, metadata, stream, revision, position: BigInt(position), created };
}

function lastPosition(events: readonly RecordedEvent[]): number | undefined {
  const last = events.at(-1);
  return last === undefined ? undefined : Number(last.position);
}

function guarded<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw storeError(error);
  }
}
