import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { Sqlite, type Database } from '#src/engine/sqlite.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { ListOptions, ReadModels, StoredDocument } from '#domain/kernel/ports/read-models.js';
import type { Projection } from '#domain/kernel/projection.js';
import { LiveModel, type PlaceInIndex } from './live-model.js';
import { isDamage } from './open-storage.js';
import { READ_MODELS_FILE } from './schema.js';
import { SharedReads } from './shared-reads.js';
import type { FilledBy } from '../position-source.js';

const PAGE = 200;
const END = 2n ** 63n - 1n;
/** Interval in milliseconds at which a reader without a projector in its process checks the position. */
const POLL_MS = 10;

export interface ReadModelsOptions {
  readonly directory: string;
  /** @default the system's clock */
  readonly clock?: Clock;
  /** The projector of this process. If undefined, a different process fills the models, and the file is polled. */
  readonly projector?: FilledBy;
  readonly projections: readonly Projection[];
}

export function openReadModels(options: ReadModelsOptions): ReadModels {
  return new ReadOnly(options);
}

class ReadOnly implements ReadModels {
  readonly shared = false;
  readonly #options: ReadModelsOptions;
  readonly #versions: ReadonlyMap<string, number>;
  readonly #models = new Map<string, LiveModel>();
  readonly #reads = new SharedReads({ begin: () => this.#span('BEGIN'), end: () => this.#span('COMMIT') });
  #db: Database | undefined;

  constructor(options: ReadModelsOptions) {
    this.#options = options;
    options.projector?.onReplaced(() => {
      this.#reopen();
    });
    this.#versions = new Map(options.projections.map((each) => [each.name, each.version]));
  }

  async get(model: string, id: string): Promise<StoredDocument | undefined> {
    return this.#reads.read(() => this.#read(model, (live) => live.get(id)));
  }

  async *list(
    model: string,
    options: ListOptions = {},
  ): AsyncGenerator<readonly StoredDocument[], void, undefined> {
    const { where, after: id, by } = options;
    if (by !== undefined) return yield* this.#listBy(model, by, options.limit);
    let left = options.limit ?? Number.MAX_SAFE_INTEGER;
    if (options.newest === true) {
      const before =
        id === undefined
          ? END
          : await this.#reads.read(() => this.#read(model, (live) => live.sequenceOf(id)));
      const newest = await this.#reads.read(() =>
        this.#read(model, (live) =>
          live.newest(where, before ?? 0n, Math.min(left, PAGE), options.skip ?? 0),
        ),
      );
      if (newest.length > 0) yield newest.map(({ document }) => document);
      return;
    }
    let after =
      id === undefined ? 0n : await this.#reads.read(() => this.#read(model, (live) => live.sequenceOf(id)));
    while (after !== undefined && left > 0) {
      const from: bigint = after;
      const wanted = Math.min(left, PAGE);
      const page = await this.#reads.read(() => this.#read(model, (live) => live.page(where, from, wanted)));
      if (page.length > 0) yield page.map(({ document }) => document);
      left -= page.length;
      after = page.length < wanted ? undefined : page.at(-1)!.sequence;
    }
  }

  async *#listBy(
    model: string,
    index: string,
    limit = Number.MAX_SAFE_INTEGER,
  ): AsyncGenerator<readonly StoredDocument[], void, undefined> {
    let after: PlaceInIndex | undefined;
    for (let left = limit; left > 0;) {
      const [from, wanted] = [after, Math.min(left, PAGE)];
      const page = await this.#reads.read(() =>
        this.#read(model, (live) => live.pageBy(index, from, wanted)),
      );
      if (page.length > 0) yield page.map(({ document }) => document);
      if (page.length < wanted) return;
      left -= page.length;
      after = page.at(-1);
    }
  }

  async count(model: string, where?: ListOptions['where']): Promise<number> {
    return this.#reads.read(() => this.#read(model, (live) => live.count(where)));
  }

  position(): bigint {
    return this.#options.projector?.position ?? this.#storedPosition();
  }

  async waitFor(position: bigint, timeoutMs: number): Promise<boolean> {
    const { projector, clock = systemClock } = this.#options;
    if (projector !== undefined) return projector.waitFor(position, timeoutMs);
    const end = clock.monotonic() + timeoutMs;
    while (this.#storedPosition() < position) {
      const left = end - clock.monotonic();
      if (left <= 0) return false;
      await clock.sleep(Math.min(left, POLL_MS));
    }
    return true;
  }

  async close(): Promise<void> {
    this.#reopen();
  }

  #reopen(): void {
    this.#models.clear();
    this.#db?.close();
    this.#db = undefined;
  }

  #span(statement: 'BEGIN' | 'COMMIT'): void {
    try {
      if (statement === 'BEGIN') this.#open().exec(statement);
      else if (this.#db?.inTransaction === true) this.#db.exec(statement);
    } catch (error) {
      throw this.#told('', error);
    }
  }

  #read<Result>(model: string, work: (live: LiveModel) => Result): Result {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return work(this.#live(model));
      } catch (error) {
        if (error instanceof Sqlite.SqliteError && error.message.startsWith('no such table') && attempt < 3) {
          this.#models.delete(model);
          continue;
        }
        throw this.#told(model, error);
      }
    }
  }

  #live(model: string): LiveModel {
    const known = this.#models.get(model);
    if (known !== undefined) return known;
    const db = this.#open();
    const row = db
      .prepare<[string, number], { generation: bigint; indexes: string }>(
        'SELECT generation, indexes FROM generations WHERE model = ? AND version = ? AND live = 1',
      )
      .safeIntegers(true)
      .get(model, this.#versions.get(model) ?? 0);
    if (row === undefined)
      throw new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', { model, problem: 'it is being built' });
    const live = new LiveModel(db, model, row.generation, JSON.parse(row.indexes) as string[]);
    this.#models.set(model, live);
    return live;
  }

  #open(): Database {
    if (this.#db === undefined) {
      const { directory } = this.#options;
      // Without this check, SQLite's error would have no code.
      if (!existsSync(directory))
        throw new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', {
          model: 'all',
          problem: 'its directory does not exist',
        });
      this.#db = new Sqlite(join(directory, READ_MODELS_FILE), { readonly: true, fileMustExist: true });
      this.#db.pragma('busy_timeout = 5000');
      this.#db.pragma('cache_size = -32768');
    }
    return this.#db;
  }

  #storedPosition(): bigint {
    try {
      const rows = this.#open()
        .prepare<[], { model: string; version: bigint; position: bigint | null }>(
          'SELECT model, version, position FROM generations WHERE live = 1',
        )
        .safeIntegers(true)
        .all()
        .filter((row) => this.#versions.get(row.model) === Number(row.version));
      if (rows.length < this.#versions.size) return -1n;
      return rows.reduce(
        (least, { position }) => ((position ?? -1n) < least ? (position ?? -1n) : least),
        rows[0]?.position ?? -1n,
      );
    } catch (error) {
      if (isMusterError(this.#told('', error))) return -1n;
      throw error;
    }
  }

  #told(model: string, error: unknown): unknown {
    if (!(error instanceof Sqlite.SqliteError)) return error;
    if (isDamage(error)) {
      this.#reopen();
      this.#options.projector?.damaged();
    }
    return new MusterError(
      'MUSTER_E_READ_MODEL_UNAVAILABLE',
      { model, problem: error.message },
      { cause: error },
    );
  }
}
