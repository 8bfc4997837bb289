import type { Collection, Db, Filter } from 'mongodb';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type {
  ListOptions,
  ReadModels,
  StoredDocument,
  ChangedModels,
  ChangeSource,
} from '#domain/kernel/ports/read-models.js';
import type { Projection } from '#domain/kernel/projection.js';
import { type PositionSource, PositionWaiters } from '#src/engine/read-models/index.js';
import { ReconnectingClient } from '#src/engine/mongodb-client.js';
import { connect, databaseOf, isMoved, revive, readModelError } from './connect.js';
import { LiveModels, type LiveCollection } from './live-models.js';
import { OwnGenerations } from './own-generations.js';
import { indexField, type StoredRow } from './schema.js';

const PAGE = 200;
const END = 2n ** 63n - 1n;
/** Interval in milliseconds at which the position is read while something waits for it. */
const POLL_MS = { first: 15, most: 120 };
/** Interval in milliseconds, and number, of attempts to find a collection that a different projector is taking over. */
const MOVING_MS = 50;
const MOVING_TIMES = 40;
const SOCKET_TIMEOUT_MS = 5_000;

export interface MongoReadModelsOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly projector?: PositionSource;
  readonly projections: readonly Projection[];
  readonly store?: Pick<EventStore, 'id' | 'readAll'>;
}

/** Read models in MongoDB. Reads throw `MUSTER_E_READ_MODEL_UNAVAILABLE` while a model or MongoDB is unavailable. */
export function openMongoReadModels(options: MongoReadModelsOptions): ReadModels & ChangeSource {
  return new MongoReadModels(options);
}

class MongoReadModels implements ReadModels, ChangeSource {
  readonly shared = true;
  readonly #url: string;
  readonly #lasting: ReconnectingClient;
  readonly #live: LiveModels;
  readonly #clock: Clock;
  readonly #projector: PositionSource | undefined;
  readonly #waiters: PositionWaiters;
  readonly #closing = new AbortController();
  #heard: bigint | undefined;
  #waiting = 0;
  #looking = false;

  constructor({ url, clock, projector, projections, store }: MongoReadModelsOptions) {
    this.#url = url;
    this.#lasting = new ReconnectingClient(() => connect(url, { socketTimeoutMS: SOCKET_TIMEOUT_MS }).client);
    this.#live = new LiveModels(this, projections, store && new OwnGenerations(store));
    this.#clock = clock;
    this.#projector = projector;
    this.#waiters = new PositionWaiters(clock);
  }

  get db(): Db {
    return databaseOf(this.#lasting.client, this.#url);
  }

  async get(model: string, id: string): Promise<StoredDocument | undefined> {
    return await this.#read(model, async (live) => {
      const row = await this.#rows(live).findOne({ _id: id, s: { $gt: 0n } });
      return row === null ? undefined : { found: true, result: toDocument(row) };
    });
  }

  async *list(
    model: string,
    options: ListOptions = {},
  ): AsyncGenerator<readonly StoredDocument[], void, undefined> {
    const { where, after: id, by } = options;
    if (by !== undefined) return yield* this.#listBy(model, by, options.limit);
    let left = options.limit ?? Number.MAX_SAFE_INTEGER;
    if (options.newest === true) {
      const before = id === undefined ? END : await this.#placeOf(model, id);
      const newest = await this.#newest(model, where, before ?? 0n, Math.min(left, PAGE), options.skip ?? 0);
      if (newest.length > 0) yield newest;
      return;
    }
    let after = id === undefined ? 0n : await this.#placeOf(model, id);
    while (after !== undefined && left > 0) {
      const from: bigint = after;
      const wanted = Math.min(left, PAGE);
      const page = await this.#read<readonly StoredRow[]>(model, async (live) => {
        const filter = { ...this.#where(model, live, where), s: { $gt: from } } as Filter<StoredRow>;
        const rows = await this.#rows(live)
          .find(filter, { sort: { s: 1 }, limit: wanted, batchSize: wanted })
          .toArray();
        // A page that is not full may come from a collection that is being replaced.
        return { found: rows.length === wanted, result: rows };
      });
      if (page === undefined) return;
      if (page.length > 0) yield page.map(toDocument);
      left -= page.length;
      after = page.length < wanted ? undefined : page.at(-1)!.s;
    }
  }

  async *#listBy(
    model: string,
    index: string,
    limit = Number.MAX_SAFE_INTEGER,
  ): AsyncGenerator<readonly StoredDocument[], void, undefined> {
    const field = indexField(index);
    let last: StoredRow | undefined;
    for (let left = limit; left > 0;) {
      const [from, wanted] = [last, Math.min(left, PAGE)];
      const page = await this.#read<readonly StoredRow[]>(model, async (live) => {
        checkIndex(model, live, index);
        const behind =
          from === undefined
            ? []
            : [{ $or: [{ [field]: { $gt: from[field] } }, { [field]: from[field], s: { $gt: from.s } }] }];
        const filter = {
          $and: [{ [field]: { $gt: '' } }, { s: { $gt: 0n } }, ...behind],
        } as Filter<StoredRow>;
        const rows = await this.#rows(live)
          .find(filter, { sort: { [field]: 1, s: 1 }, limit: wanted, batchSize: wanted })
          .toArray();
        return { found: rows.length === wanted, result: rows };
      });
      if (page === undefined) return;
      if (page.length > 0) yield page.map(toDocument);
      if (page.length < wanted) return;
      left -= page.length;
      last = page.at(-1);
    }
  }

  async #newest(
    model: string,
    where: ListOptions['where'],
    before: bigint,
    limit: number,
    skip: number,
  ): Promise<readonly StoredDocument[]> {
    const rows = await this.#read<readonly StoredRow[]>(model, async (live) => {
      const filter = { ...this.#where(model, live, where), s: { $gt: 0n, $lt: before } } as Filter<StoredRow>;
      const found = await this.#rows(live)
        .find(filter, { sort: { s: -1 }, skip, limit, batchSize: limit })
        .toArray();
      return { found: found.length === limit, result: found };
    });
    return (rows ?? []).map(toDocument);
  }

  async count(model: string, where?: ListOptions['where']): Promise<number> {
    const count = await this.#read(model, async (live) => {
      const filter = { ...this.#where(model, live, where), s: { $gt: 0n } } as Filter<StoredRow>;
      return { found: false, result: await this.#rows(live).countDocuments(filter) };
    });
    return count ?? 0;
  }

  position(): bigint {
    const said = this.#projector?.position;
    if (said !== undefined && said !== this.#heard) {
      this.#heard = said;
      this.#waiters.reached(said, 'any');
    }
    return this.#waiters.position;
  }

  async waitFor(position: bigint, timeoutMs: number): Promise<boolean> {
    if (this.position() >= position) return true;
    this.#waiting += 1;
    try {
      void this.#look();
      void this.#projector?.waitFor(position, timeoutMs).then(() => this.position());
      return await this.#waiters.waitFor(position, timeoutMs);
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Without a projector in this process, only waiting for a position detects changes. */
  onMoved(listener: (changed: ChangedModels) => void): () => void {
    return this.#projector?.onMoved(listener) ?? this.#waiters.onMoved(listener);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#waiters.close();
    await this.#lasting.close();
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    // The projector commits about as often as it did last, so half of that is often enough.
    let [moved, pause] = [this.#clock.monotonic(), POLL_MS.first];
    while (this.#waiting > 0 && !this.#closing.signal.aborted) {
      const before = this.#waiters.position;
      if (this.#projector?.fills !== true) await this.#lookAtHead();
      const now = this.#clock.monotonic();
      const isMoved = this.#waiters.position !== before;
      pause = Math.min(Math.max(isMoved ? (now - moved) / 2 : pause * 2, POLL_MS.first), POLL_MS.most);
      if (isMoved) moved = now;
      await this.#clock.sleep(pause, this.#closing.signal);
    }
    this.#looking = false;
  }

  async #lookAtHead(): Promise<void> {
    try {
      const position = await this.#live.look();
      this.#waiters.reached(position, this.#live.takeChanged());
    } catch (error) {
      // MongoDB is unreachable, so the waiting readers will time out.
      this.#lasting.reportError(error);
      await revive(error, this.#lasting).catch(() => false);
    }
  }

  async #placeOf(model: string, id: string): Promise<bigint | undefined> {
    return await this.#read(model, async (live) => {
      const row = await this.#rows(live).findOne({ _id: id, s: { $gt: 0n } }, { projection: { s: 1 } });
      return row === null ? undefined : { found: true, result: row.s };
    });
  }

  /** Reads the live collection. Repeats an empty read if the collection was renamed or replaced. */
  async #read<Result>(
    model: string,
    work: (live: LiveCollection) => Promise<{ readonly found: boolean; readonly result: Result } | undefined>,
  ): Promise<Result | undefined> {
    for (let times = 0; times < MOVING_TIMES; times += 1) {
      try {
        const live = await this.#live.of(model);
        const read = await work(live);
        if (read?.found === true || (await this.#live.isStill(model, live))) return read?.result;
      } catch (error) {
        if (await this.#revived(error, model)) continue;
        if (!isMoved(error)) throw readModelError(error, model);
        await this.#live.look().catch(() => undefined);
      }
      if (times > 0) await this.#clock.sleep(MOVING_MS, this.#closing.signal);
    }
    throw new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', {
      model,
      problem: 'another projector is taking it over',
    });
  }

  async #revived(error: unknown, model: string): Promise<boolean> {
    this.#lasting.reportError(error);
    try {
      return !this.#closing.signal.aborted && (await revive(error, this.#lasting));
    } catch (again) {
      throw readModelError(again, model);
    }
  }

  #where(model: string, live: LiveCollection, where: ListOptions['where']): Filter<StoredRow> {
    if (where === undefined) return {};
    checkIndex(model, live, where.index);
    return {
      [indexField(where.index)]: typeof where.value === 'string' ? where.value : { $in: [...where.value] },
    };
  }

  #rows(live: LiveCollection): Collection<StoredRow> {
    return this.db.collection<StoredRow>(live.collection);
  }
}

function checkIndex(model: string, { indexes }: LiveCollection, index: string): void {
  if (!indexes.includes(index)) throw new RangeError(`${model} has no index ${index}`);
}

function toDocument({ _id, c, j, p }: StoredRow): StoredDocument {
  return { id: _id, created: c, json: j, parked: p };
}
