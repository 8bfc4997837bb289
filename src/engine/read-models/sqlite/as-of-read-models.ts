import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { only, type AnyEvent, type Recorded } from '#domain/kernel/event/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type {
  ChangedDocument,
  ChangedOptions,
  ChangesOptions,
  DocumentChange,
  EventCount,
  History,
  KeptFrom,
  MentionsRange,
} from '#domain/kernel/ports/history.js';
import { mentionKey, type Mention } from '#domain/kernel/ports/log-mentions.js';
import type { ListOptions, ReadModels, StoredDocument } from '#domain/kernel/ports/read-models.js';
import type { Projection } from '#domain/kernel/projection.js';
import type { ReadSpan } from '#src/engine/event-store/index.js';
import { fitsLog } from '#src/engine/checkpoint.js';
import { Sqlite, type Database } from '#src/engine/sqlite.js';
import { decodePage } from '../decoding.js';
import type { Models } from '../models.js';
import { COUNT_SPANS_MS } from '../history/log-index.js';
import { changesOf, END } from './changes-of.js';
import { keptFrom } from './history-pruning.js';
import { mentionedPositions, mentionsFrom, newestIndexed } from './log-index.js';
import { AsOfModel, type Life, type Unchanged, type SequenceInIndex, type Source } from './as-of-model.js';
import { READ_MODELS_FILE } from './schema.js';

const PAGE = 200;
/** Maximum length of a list of past documents. Folding this many takes a few seconds. */
const MOST_LISTED = 10_000;
/** Maximum number of changes that a comparison of two moments examines, which takes about a tenth of a second. */
const MOST_COMPARED = 100_000;
/** Maximum number of characters of folded documents in the cache, which serves the pages of one list and moments close to each other. */
const REMEMBERED_CHARACTERS = 16_000_000;

interface GenerationRow {
  readonly model: string;
  readonly version: number;
  readonly live: number;
  readonly history: number;
  readonly position: number | null;
}

interface CheckpointRow {
  readonly store_id: string;
  readonly position: bigint;
  readonly event_id: string;
  readonly previous: bigint | null;
}

interface FilledBy {
  waitFor(position: bigint, timeoutMs: number): Promise<boolean>;
  onReplaced(listener: () => void): void;
}

export interface AsOfOptions extends Pick<Models, 'catalog' | 'projections'> {
  readonly directory: string;
  readonly store: Pick<EventStore, 'id' | 'readAll' | 'head'>;
  /** The projector that fills the models. If absent, the caller must know how far the models are. */
  readonly filledBy?: FilledBy;
  /** Returns the newest known position of the log, which is used to show how much of the history is built. */
  readonly newest?: () => bigint;
  /** Maximum number of documents in a list that is read without a limit. @default 10,000 */
  readonly mostListed?: number;
}

/**
 * Read models in SQLite as of any position. With the current projections, reads return the results that they would have returned when the models had
 * folded the log up to that position. Throws `MUSTER_E_HISTORY_BUILDING` while a model has no history yet.
 */
export class AsOfReadModels implements History {
  readonly #options: AsOfOptions;
  readonly #projections: ReadonlyMap<string, Projection>;
  readonly #models = new Map<string, AsOfModel>();
  readonly #folded = new LRUCache<string, string>({
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: (json) => json.length + 100,
  });
  #db: Database | undefined;

  constructor(options: AsOfOptions) {
    this.#options = options;
    this.#projections = new Map(options.projections.map((each) => [each.name, each]));
    options.filledBy?.onReplaced(() => {
      this.close();
    });
  }

  at(position: bigint, span: ReadSpan = ANY_SPAN): ReadModels {
    return new ModelsAt(this, position, span);
  }

  changes(model: string, id: string, options: ChangesOptions): readonly DocumentChange[] | undefined {
    return this.read(model, (from) => {
      const spans = from.spans(id);
      return spans.length === 0 ? undefined : changesOf(spans, options, from.touches);
    });
  }

  async documentAt(model: string, id: string, position: bigint): Promise<string | undefined> {
    return (await this.at(position).get(model, id))?.json;
  }

  changed(model: string, options: ChangedOptions): readonly ChangedDocument[] {
    return this.read(model, (from) => {
      if (from.countChanges(options.from, options.to, MOST_COMPARED + 1) > MOST_COMPARED)
        throw new MusterError('MUSTER_E_RANGE_TOO_LARGE', { most: MOST_COMPARED });
      return from.changed(options);
    });
  }

  async positionAt(time: number): Promise<bigint> {
    const sampled = this.#open()
      .prepare<[number], bigint>(
        'SELECT position FROM log_samples WHERE created <= ? ORDER BY created DESC, position DESC LIMIT 1',
      )
      .pluck(true)
      .safeIntegers(true)
      .get(time);
    let position = sampled ?? -1n;
    for await (const page of this.#options.store.readAll(sampled === undefined ? {} : { from: sampled })) {
      for (const event of page) {
        if (event.created > time) return position;
        position = event.position;
      }
    }
    return position;
  }

  async newestUpTo(position: bigint): Promise<RecordedEvent | undefined> {
    const from = position > END ? END : position;
    const newest = { direction: 'backwards', from, inclusive: true, limit: 1 } as const;
    for await (const [event] of this.#options.store.readAll(newest)) return event;
    return undefined;
  }

  async waitFor(position: bigint, timeoutMs: number): Promise<boolean> {
    return (await this.#options.filledBy?.waitFor(position, timeoutMs)) ?? true;
  }

  keptFrom(): KeptFrom | undefined {
    return keptFrom(this.#open());
  }

  built(): number | undefined {
    try {
      return this.#built();
    } catch (error) {
      if (!(error instanceof Sqlite.SqliteError)) throw error;
      // The projector also detects the damage, and rebuilds everything in a new file.
      this.close();
      return 0;
    }
  }

  #built(): number | undefined {
    const rows = existsSync(this.#file)
      ? this.#open()
          .prepare<[], GenerationRow>('SELECT model, version, live, history, position FROM generations')
          .all()
      : [];
    const newest = Number(this.#options.newest?.() ?? 0n);
    const head = Math.max(1, newest, ...rows.map(({ position }) => position ?? 0));
    const missing = this.#options.projections.filter(
      ({ name, version }) =>
        !rows.some(
          (row) => row.model === name && row.version === version && row.live === 1 && row.history === 1,
        ),
    );
    if (missing.length === 0) return undefined;
    const parts = missing.map(({ name }) => {
      const begun = rows.find(({ model, live, history }) => model === name && live === 0 && history === 1);
      return (begun?.position ?? 0) / head;
    });
    return Math.min(99, Math.floor(100 * Math.min(...parts)));
  }

  async head(): Promise<bigint | undefined> {
    return await this.#options.store.head();
  }

  indexedTo(): bigint {
    // As long as there is no index, events are read from the log.
    return existsSync(this.#file) ? (newestIndexed(this.#open()) ?? -1n) : -1n;
  }

  /** Returns whether the stored models belong to this log. */
  async fitsLog(): Promise<boolean> {
    const row = this.#open()
      .prepare<[], CheckpointRow>(
        'SELECT store_id, position, event_id, previous FROM generations WHERE live = 1 AND history = 1 AND event_id IS NOT NULL LIMIT 1',
      )
      .safeIntegers(true)
      .get();
    if (row === undefined) return false;
    const { store_id: storeId, position, event_id: eventId, previous } = row;
    return await fitsLog(this.#options.store, {
      storeId,
      position,
      eventId,
      previous: previous ?? undefined,
    });
  }

  indexedFrom(): bigint {
    return mentionsFrom(this.#open());
  }

  mentions(mention: Mention, range: MentionsRange): readonly bigint[] {
    if (range.from > END) return [];
    const until = range.to > END ? END : range.to;
    return mentionedPositions(this.#open(), mentionKey(mention), { ...range, to: until });
  }

  counts(span: 'minute' | 'hour', from: number, to: number): readonly EventCount[] {
    const length = COUNT_SPANS_MS[span === 'minute' ? 0 : 1];
    return this.#open()
      .prepare<[number, number, number], EventCount>(
        'SELECT start, events, failures FROM log_counts WHERE span = ? AND start > ? AND start <= ? ORDER BY start',
      )
      .all(length, from - length, to);
  }

  oldestCount(): number | undefined {
    const oldest = this.#open()
      .prepare<[number], number | null>('SELECT min(start) FROM log_counts WHERE span = ?')
      .pluck(true)
      .get(COUNT_SPANS_MS[0]);
    return oldest ?? undefined;
  }

  async eventsAt(positions: readonly bigint[]): Promise<readonly RecordedEvent[]> {
    const sorted = [...new Set(positions)].sort((a, b) => (a < b ? -1 : 1));
    const events: RecordedEvent[] = [];
    for (const from of sorted)
      for await (const page of this.#options.store.readAll({ from, inclusive: true, limit: 1 }))
        events.push(...page);
    return events;
  }

  /** Throws `MUSTER_E_AS_OF_TOO_LARGE` if a list is too long to be folded. */
  mustBeShort(model: string, where: ListOptions['where'], at: bigint): void {
    const most = this.#options.mostListed ?? MOST_LISTED;
    if (this.read(model, (from) => from.count(where, at)) > most)
      throw new MusterError('MUSTER_E_AS_OF_TOO_LARGE', { most, what: 'documents' });
  }

  close(): void {
    this.#models.clear();
    this.#db?.close();
    this.#db = undefined;
  }

  read<Result>(model: string, work: (model: AsOfModel) => Result): Result {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return work(this.#model(model));
      } catch (error) {
        if (!(error instanceof Sqlite.SqliteError)) throw error;
        if (error.message.startsWith('no such table') && attempt < 3) {
          this.#models.delete(model);
          continue;
        }
        const problem = { model, problem: error.message };
        throw new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', problem, { cause: error });
      }
    }
  }

  async documents(model: string, lives: readonly Life[], at: bigint): Promise<readonly StoredDocument[]> {
    const sources = this.read(model, (from) =>
      lives.map((life) => ({ life, source: from.source(life, at), parked: from.isParked(life, at) })),
    );
    const keyOf = (life: Life, { positions }: Source): string =>
      `${model} ${life.created} ${life.id} ${positions.at(-1)}`;
    const unknown = sources.filter(
      ({ life, source }) => source.positions.length > 0 && !this.#folded.has(keyOf(life, source)),
    );
    const projection = this.#projections.get(model)!;
    const events = await this.#events(
      projection,
      unknown.flatMap(({ source }) => source.positions),
    );
    for (const { life, source } of unknown)
      this.#folded.set(keyOf(life, source), fold(projection, life.id, source, events));
    return sources.map(({ life, source, parked }) => ({
      id: life.id,
      created: life.created,
      json: source.positions.length === 0 ? source.json! : this.#folded.get(keyOf(life, source))!,
      parked,
    }));
  }

  async #events(
    { events: types }: Projection,
    positions: readonly bigint[],
  ): Promise<ReadonlyMap<bigint, Recorded<AnyEvent>>> {
    if (positions.length === 0) return new Map();
    const { catalog } = this.#options;
    const page = await this.eventsAt(positions);
    const { events, problem } = decodePage(catalog, page, only(catalog.events, ...types));
    if (problem !== undefined) throw problem;
    return new Map(events.map((event) => [event.position, event]));
  }

  #model(name: string): AsOfModel {
    const known = this.#models.get(name);
    if (known !== undefined) return known;
    const db = this.#open();
    const row = db
      .prepare<[string, number], { generation: bigint; indexes: string }>(
        'SELECT generation, indexes FROM generations WHERE model = ? AND version = ? AND live = 1 AND history = 1',
      )
      .safeIntegers(true)
      .get(name, this.#projections.get(name)?.version ?? 0);
    if (row === undefined)
      throw new MusterError('MUSTER_E_HISTORY_BUILDING', { percent: this.built() ?? 99 });
    const model = new AsOfModel(db, name, row.generation, JSON.parse(row.indexes) as string[]);
    this.#models.set(name, model);
    return model;
  }

  get #file(): string {
    return join(this.#options.directory, READ_MODELS_FILE);
  }

  #open(): Database {
    if (this.#db !== undefined) return this.#db;
    if (!existsSync(this.#file))
      throw new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', {
        model: 'all',
        problem: 'there are no read models in the data directory',
      });
    this.#db = new Sqlite(this.#file, { readonly: true, fileMustExist: true });
    this.#db.pragma('busy_timeout = 5000');
    this.#db.pragma('cache_size = -32768');
    return this.#db;
  }
}

function fold(
  projection: Projection,
  id: string,
  { json, positions }: Source,
  events: ReadonlyMap<bigint, Recorded<AnyEvent>>,
): string {
  const document = positions.reduce<unknown>(
    (before, position) => projection.evolve(before, events.get(position)!, id),
    json === undefined ? undefined : JSON.parse(json),
  );
  return JSON.stringify(document);
}

/** For readers that do not need the range of positions in which a result stays the same. */
const ANY_SPAN: ReadSpan = { include: () => undefined };

class ModelsAt implements ReadModels {
  readonly shared = false;

  constructor(
    private readonly models: AsOfReadModels,
    private readonly at: bigint,
    private readonly span: ReadSpan,
  ) {}

  async get(model: string, id: string): Promise<StoredDocument | undefined> {
    const life = this.models.read(model, (from) => {
      this.#include(from.spanOf(id, this.at));
      return from.lifeOf(id, this.at);
    });
    if (life === undefined) return undefined;
    return (await this.models.documents(model, [life], this.at))[0];
  }

  async *list(
    model: string,
    options: ListOptions = {},
  ): AsyncGenerator<readonly StoredDocument[], void, undefined> {
    const { where, after: id, by, limit = Number.MAX_SAFE_INTEGER } = options;
    this.#includeModel(model);
    if (options.limit === undefined) this.models.mustBeShort(model, where, this.at);
    if (by !== undefined) return yield* this.#listBy(model, by, limit);
    const start = id === undefined ? undefined : this.models.read(model, (from) => from.lifeOf(id, this.at));
    if (id !== undefined && start === undefined) return;
    if (options.newest === true) {
      const before = start?.sequence ?? END;
      const wanted = Math.min(limit, PAGE);
      yield* this.#page(model, (from) => from.newest(where, this.at, before, wanted, options.skip ?? 0));
      return;
    }
    let after: bigint | undefined = start?.sequence ?? 0n;
    for (let left = limit; after !== undefined && left > 0;) {
      const [begin, wanted]: [bigint, number] = [after, Math.min(left, PAGE)];
      const sequences: readonly bigint[] = this.models.read(model, (from) =>
        from.page(where, this.at, begin, wanted),
      );
      yield* this.#page(model, () => sequences);
      left -= sequences.length;
      after = sequences.length < wanted ? undefined : sequences.at(-1);
    }
  }

  async count(model: string, where?: ListOptions['where']): Promise<number> {
    this.#includeModel(model);
    return this.models.read(model, (from) => from.count(where, this.at));
  }

  /** Lists and counts may change with any document of the model, so all its changes are included. */
  #includeModel(model: string): void {
    this.#include(this.models.read(model, (from) => from.spanOfAll(this.at)));
  }

  #include({ last, next }: Unchanged): void {
    this.span.include(last, next);
  }

  position(): bigint {
    return this.at;
  }

  /** Past positions have already been reached, and waiting for a later position would never end. */
  async waitFor(): Promise<boolean> {
    return true;
  }

  async close(): Promise<void> {
    // The connection is shared by all positions.
  }

  async *#listBy(
    model: string,
    index: string,
    limit: number,
  ): AsyncGenerator<readonly StoredDocument[], void, undefined> {
    let after: SequenceInIndex | undefined;
    for (let left = limit; left > 0;) {
      const [from, wanted] = [after, Math.min(left, PAGE)];
      const places = this.models.read(model, (each) => each.pageBy(index, this.at, from, wanted));
      yield* this.#page(model, () => places.map(({ sequence }) => sequence));
      if (places.length < wanted) return;
      left -= places.length;
      after = places.at(-1);
    }
  }

  async *#page(
    model: string,
    sequences: (from: AsOfModel) => readonly bigint[],
  ): AsyncGenerator<readonly StoredDocument[], void, undefined> {
    const lives = this.models.read(model, (from) => sequences(from).map((sequence) => from.life(sequence)));
    if (lives.length > 0) yield await this.models.documents(model, lives, this.at);
  }
}
