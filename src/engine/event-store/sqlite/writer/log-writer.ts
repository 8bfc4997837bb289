import type { Statement } from '#src/engine/sqlite.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { NewEvent } from '#domain/kernel/ports/event-store.js';
import { judgeAppend, judgeDeletion, SOFT_DELETED, type StreamState } from '../../append-rule.js';
import { streamState, type SqliteDatabase } from '../database.js';
import { STREAM_STATE } from '../schema.js';
import { isSqliteError, storeError } from '../sqlite-error.js';
import type { SpaceReserve } from '../../space-reserve.js';
import type { WriteRequest } from './messages.js';
import { reserveUse } from './reserve-use.js';
import { StreamCache } from './stream-cache.js';
import { WireWrites } from './wire-writes.js';

export type Outcome =
  { readonly revision: number; readonly position: number } | { readonly error: MusterError };

const CHECKPOINT_FRAMES = 2000;
/** Number of WAL frames (64 MiB) after which a checkpoint waits for readers, so that the WAL can restart. */
const RESTART_FRAMES = 16_384;

/** Disk space that is kept for events of the types that end work. */
export interface Reserved {
  readonly reserve: SpaceReserve;
  readonly ending: ReadonlySet<string>;
}

/** The only writer of the log. Commits each group of requests in one transaction. */
export class LogWriter {
  readonly #database: SqliteDatabase;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #cache = new StreamCache();
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  readonly #insert: Statement;
  readonly #idAt: Statement;
  readonly #positionAt: Statement;
  readonly #state: Statement;
  readonly #setStream: Statement;
  readonly #wire: WireWrites;
  #head: number;
  /** Changed states of the current group. They are added to the cache after the commit. */
  #changed = new Map<string, StreamState>();
  #next = 0;
  #frames = 0;

  /** @param reserved if undefined, everything is refused on a full disk. */
  constructor(
    database: SqliteDatabase,
    clock: Pick<Clock, 'now'>,
    private readonly reserved?: Reserved,
  ) {
    this.#database = database;
    this.#clock = clock;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#rollback = database.prepare('ROLLBACK');
    this.#insert = database.prepare(
      'INSERT INTO events (position, stream, revision, id, type, created, metadata, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#idAt = database.prepare('SELECT id FROM events WHERE stream = ? AND revision = ?').pluck();
    this.#positionAt = database
      .prepare('SELECT position FROM events WHERE stream = ? AND revision = ?')
      .pluck();
    this.#state = database.prepare(STREAM_STATE).raw();
    this.#setStream = database.prepare(
      'INSERT INTO streams (stream, truncate_before, tombstoned) VALUES (?, ?, ?) ' +
        'ON CONFLICT (stream) DO UPDATE SET truncate_before = excluded.truncate_before, tombstoned = excluded.tombstoned',
    );
    const dataAt = database.prepare('SELECT data FROM events WHERE stream = ? AND revision = ?').pluck();
    this.#wire = new WireWrites({
      newest: () => this.#next - 1,
      state: (stream) => this.#stateOf(stream),
      set: (stream, state) => this.#set(stream, state),
      grew: (stream, state) => this.#changed.set(stream, state),
      insert: (stream, revision, event) => this.#write(stream, revision, event),
      idAt: (stream, revision) => this.#idAt.get(stream, revision) as string | undefined,
      positionAt: (stream, revision) => this.#positionAt.get(stream, revision) as number,
      dataAt: (stream, revision) => dataAt.get(stream, revision) as string | undefined,
    });
    this.#head = (database.prepare('SELECT max(position) FROM events').pluck().get() as number | null) ?? 0;
  }

  get head(): number {
    return this.#head;
  }

  /**
   * Writes a group and makes it durable. Returns the results in the order of the requests. If the disk is full, or if a different process has the
   * file's write lock, the whole group is refused and nothing is written. Any other failure throws. The outcome is then unknown, and no append may be
   * acknowledged. On a full disk, appends that end work use the reserve.
   */
  write(requests: readonly WriteRequest[]): Outcome[] {
    const { reserved } = this;
    if (reserved === undefined || reserved.reserve.refill()) {
      const outcomes = this.#writeGroup(requests);
      if (reserved === undefined || !outcomes.some(isFull)) return outcomes;
    }
    return this.#writeFromReserve(requests, reserved);
  }

  #writeFromReserve(requests: readonly WriteRequest[], { reserve, ending }: Reserved): Outcome[] {
    const outcomes: Outcome[] = requests.map(() => ({ error: new MusterError('MUSTER_E_STORE_FULL') }));
    for (const use of ['ends', 'follows'] as const) {
      const places = [...requests.keys()].filter((place) => reserveUse(requests[place]!, ending) === use);
      if (places.length === 0) continue;
      const group = places.map((place) => requests[place]!);
      let written = this.#writeGroup(group);
      while (written.some(isFull) && reserve.spend(use)) {
        // Restarting the WAL helps, because a commit needs several times more space in the WAL than its events need in the file.
        this.#copyWal('RESTART');
        written = this.#writeGroup(group);
      }
      for (const [n, place] of places.entries()) outcomes[place] = written[n]!;
    }
    return outcomes;
  }

  #writeGroup(requests: readonly WriteRequest[]): Outcome[] {
    const outcomes: Outcome[] = [];
    this.#next = this.#head + 1;
    try {
      this.#begin.run();
      for (const request of requests) outcomes.push(this.#take(request));
      this.#commit.run();
    } catch (error) {
      this.#giveUp();
      const refused = this.#refusal(error, requests.length);
      return requests.map(() => ({ error: refused }));
    }
    for (const [stream, state] of this.#changed) this.#cache.set(stream, state);
    this.#changed.clear();
    this.#wire.committed();
    this.#head = this.#next - 1;
    return outcomes;
  }

  checkpoint(): void {
    if (this.#frames < CHECKPOINT_FRAMES) return;
    this.#frames = this.#copyWal('PASSIVE') > RESTART_FRAMES ? this.#copyWal('RESTART') : 0;
  }

  close(): void {
    this.#copyWal('TRUNCATE');
    this.#database.close();
  }

  #take(request: WriteRequest): Outcome {
    try {
      switch (request.do) {
        case 'append':
          return this.#append(request.stream, request.expected, request.texts);
        case 'truncate':
          return this.#truncate(request.stream, request.before);
        case 'delete':
          return this.#delete(request.stream, request.expected, { truncateBefore: SOFT_DELETED });
        case 'tombstone':
          return this.#delete(request.stream, request.expected, { tombstoned: true });
        case 'wire-append':
        case 'wire-delete':
        case 'wire-tombstone':
          return this.#wire.take(request);
      }
    } catch (error) {
      if (isMusterError(error)) return { error };
      throw error;
    }
  }

  #append(stream: string, expected: number, texts: readonly string[]): Outcome {
    const state = this.#stateOf(stream);
    const ids: string[] = [];
    for (let n = 0; n < texts.length; n += 4) ids.push(texts[n] ?? '');
    const verdict = judgeAppend(
      stream,
      state,
      expected,
      ids,
      (revision) => this.#idAt.get(stream, revision) as string | undefined,
    );
    if (verdict.kind === 'repeated') {
      return {
        revision: verdict.revision,
        position: this.#positionAt.get(stream, verdict.revision) as number,
      };
    }
    const created = this.#clock.now();
    let { revision } = verdict;
    for (let n = 0; n < texts.length; n += 4) {
      this.#insert.run(
        this.#next,
        stream,
        revision,
        texts[n],
        texts[n + 1],
        created,
        texts[n + 3],
        texts[n + 2],
      );
      this.#frames += 2 + (((texts[n + 2]?.length ?? 0) + (texts[n + 3]?.length ?? 0)) >> 12);
      this.#next += 1;
      revision += 1;
    }
    const head = revision - 1;
    if (verdict.reopens) this.#set(stream, { head, truncateBefore: verdict.revision, tombstoned: false });
    else this.#changed.set(stream, { ...state, head });
    return { revision: head, position: this.#next - 1 };
  }

  /** Writes an event of a protocol client. This is not the hot path. */
  #write(stream: string, revision: number, { id, type, data, metadata }: NewEvent): number {
    const position = this.#next;
    this.#insert.run(position, stream, revision, id, type, this.#clock.now(), metadata, data);
    this.#frames += 2 + ((data.length + metadata.length) >> 12);
    this.#next += 1;
    return position;
  }

  #truncate(stream: string, before: number): Outcome {
    const state = this.#stateOf(stream);
    if (state.tombstoned) judgeDeletion(stream, state, state.head);
    if (state.truncateBefore !== SOFT_DELETED) this.#set(stream, { ...state, truncateBefore: before });
    return { revision: state.head, position: 0 };
  }

  #delete(stream: string, expected: number, change: Partial<StreamState>): Outcome {
    const state = this.#stateOf(stream);
    judgeDeletion(stream, state, expected);
    this.#set(stream, { ...state, ...change });
    return { revision: state.head, position: 0 };
  }

  #stateOf(stream: string): StreamState {
    return this.#changed.get(stream) ?? this.#cache.get(stream) ?? streamState(this.#state.get(stream));
  }

  #set(stream: string, state: StreamState): void {
    this.#setStream.run(stream, state.truncateBefore, state.tombstoned ? 1 : 0);
    this.#changed.set(stream, state);
  }

  #refusal(error: unknown, queued: number): MusterError {
    if (isSqliteError(error, 'SQLITE_BUSY'))
      return new MusterError('MUSTER_E_STORE_BUSY', { queued }, { cause: error });
    if (!isSqliteError(error, 'SQLITE_FULL')) throw storeError(error);
    // The content of the WAL may still fit into the file, which lets the WAL restart.
    this.#frames = CHECKPOINT_FRAMES;
    return storeError(error);
  }

  #giveUp(): void {
    this.#changed.clear();
    this.#wire.dropped();
    if (this.#database.inTransaction) this.#rollback.run();
  }

  /** Returns the number of frames in the WAL. */
  #copyWal(mode: 'PASSIVE' | 'RESTART' | 'TRUNCATE'): number {
    try {
      const [result] = this.#database.pragma(`wal_checkpoint(${mode})`) as { log: number }[];
      return result?.log ?? 0;
    } catch (error) {
      if (isSqliteError(error, 'SQLITE_FULL')) return 0;
      throw storeError(error);
    }
  }
}

function isFull(outcome: Outcome): boolean {
  return 'error' in outcome && isMusterError(outcome.error, 'MUSTER_E_STORE_FULL');
}
