import type { Collection } from 'mongodb';
import pLimit from 'p-limit';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type {
  GenerationCommit,
  GenerationState,
  Gone,
  IndexedRow,
  ModelStorage,
  Parked,
  Row,
  RowsPage,
} from '#src/engine/read-models/index.js';
import { allEnded } from './bulk.js';
import { collectionsOf } from './collections.js';
import { dropIfThere, readModelError, type Connection } from './connect.js';
import { GenerationRows } from './generation-rows.js';
import { afterCommits, without } from './generations.js';
import { contested, type HeadDocument, type HeldHead } from './head.js';
import { MongoView } from './mongo-view.js';
import { RebuildRequests } from './requests.js';
import {
  collectionName,
  COLLECTIONS,
  generationKey,
  generationOf,
  toState,
  type StoredGeneration,
  type StoredParked,
  type StoredRow,
} from './schema.js';

const CHANGING = 4;

interface Doubt {
  present: boolean;
}

/**
 * The engine's storage in MongoDB, without transactions. First, the rows are written, each filtered on its applied position. Then a single update of
 * one document writes every checkpoint of the commit, provided that the checkpoints and the lease are as expected. If the process is killed in
 * between, the next holder folds the same events again, and they have no effect on rows that were already written.
 */
export class MongoStorage implements ModelStorage {
  readonly isDistant = true;
  readonly keepsHistory = false;
  readonly #connection: Connection;
  readonly #head: HeldHead;
  readonly #view: MongoView;
  readonly #rows = new Map<number, GenerationRows>();
  readonly #parked: Collection<StoredParked>;
  readonly #requests: RebuildRequests;
  readonly #turns = pLimit(CHANGING);
  readonly #doubt: Doubt = { present: false };
  readonly #closing = new AbortController();

  constructor(connection: Connection, document: HeadDocument, head: HeldHead) {
    const { db } = connection;
    this.#connection = connection;
    this.#head = head;
    this.#view = new MongoView(db, document);
    this.#parked = db.collection(COLLECTIONS.parked);
    this.#requests = new RebuildRequests(db);
  }

  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Renews the lease, and repairs the head if something else has damaged it. Returns false if a different process has the lease. */
  async beat(): Promise<boolean> {
    try {
      await this.#head.change(({ generations }) => ({ generations }));
      return true;
    } catch (error) {
      if (isMusterError(error, 'MUSTER_E_READ_MODEL_CONTESTED')) return false;
      throw error;
    }
  }

  async generations(): Promise<readonly GenerationState[]> {
    return await this.#ask(() => this.#view.generations());
  }

  async create(model: string, version: number, indexes: readonly string[]): Promise<GenerationState> {
    return await this.#write(async () => {
      const { db } = this.#connection;
      const { next, ...fence } = await this.#head.current();
      const collection = collectionName(model, next, fence);
      // This also creates the collection. A collection from an earlier attempt is empty, because rows are written only after the head names it.
      await db.collection(collection).createIndex({ s: 1 }, { unique: true });
      const [{ uuid } = { uuid: null }] = await collectionsOf(db, collection);
      const stored: StoredGeneration = {
        model,
        version,
        live: false,
        indexes,
        collection,
        uuid,
        sequence: 0n,
        storeId: null,
        position: null,
        eventId: null,
        previous: null,
        cleared: -1n,
        changed: null,
      };
      await this.#head.change(({ generations }) => ({
        next: next + 1,
        generations: { ...generations, [generationKey(next)]: stored },
      }));
      this.#rows.set(next, new GenerationRows(db.collection<StoredRow>(collection), indexes, this.#turns));
      return toState(generationKey(next), stored);
    });
  }

  async load(generation: number, ids: readonly string[]): Promise<readonly (Row | Gone)[]> {
    return await this.#ask(async () => (await this.#rowsOf(generation)).load(ids));
  }

  async find(generation: number, index: string, value: string, page?: RowsPage): Promise<readonly Row[]> {
    return await this.#ask(async () => (await this.#rowsOf(generation)).find(index, value, page));
  }

  async count(generation: number, index: string, value: string): Promise<number> {
    return await this.#ask(async () => (await this.#rowsOf(generation)).count(index, value));
  }

  async scan(generation: number, after: number, limit: number): Promise<readonly IndexedRow[]> {
    return await this.#ask(async () => await this.#view.scan(generation, after, limit));
  }

  async indexedTo(): Promise<undefined> {
    return undefined;
  }

  async forgetIndex(): Promise<void> {
    // This storage has no index of the log.
  }

  async commit(commits: readonly GenerationCommit[]): Promise<void> {
    await this.#write(async () => {
      await allEnded(commits.map((commit) => this.#apply(commit)));
      await this.#head.change(({ generations }) => ({ generations: afterCommits(generations, commits) }));
      await allEnded(
        commits.map(async ({ generation, removed, checkpoint }) =>
          (await this.#rowsOf(generation)).purge(removed, checkpoint.position),
        ),
      );
    });
  }

  async promote(generation: number): Promise<void> {
    await this.#write(async () => {
      const rows = await this.#rowsOf(generation);
      for (const index of rows.indexes) await rows.index(index);
      const key = generationKey(generation);
      const all = Object.entries((await this.#head.current()).generations);
      const stored = all.find(([each]) => each === key)?.[1];
      if (stored === undefined) throw contested(`generation ${generation} no longer exists`);
      const { model } = stored;
      const others = all.filter(([other, each]) => each.model === model && other !== key);
      await this.#head.change(({ generations }) => ({
        generations: {
          ...without(
            generations,
            others.map(([other]) => other),
          ),
          [key]: { ...generations[key]!, live: true },
        },
      }));
      // This must precede any fold into the new generation, so that no reader finds the old one while looking for new content.
      for (const [other, { collection }] of others) await this.#discard(generationOf(other), collection);
      await this.#requests.remove(model);
    });
  }

  async drop(generation: number): Promise<void> {
    await this.#write(async () => {
      const key = generationKey(generation);
      const stored = (await this.#head.current()).generations[key];
      if (stored === undefined) return;
      await this.#head.change(({ generations }) => ({ generations: without(generations, [key]) }));
      await this.#discard(generation, stored.collection);
    });
  }

  async parked(generation: number): Promise<readonly Parked[]> {
    return await this.#ask(() => this.#view.parked(generation));
  }

  async requests(): Promise<readonly string[]> {
    return await this.#ask(() => this.#requests.all());
  }

  async request(model: string): Promise<void> {
    await this.#ask(() => this.#requests.add(model));
  }

  async accept(model: string): Promise<void> {
    await this.#ask(() => this.#requests.remove(model));
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    const release = (): { readonly holder: '' } => {
      if (this.#doubt.present) throw contested('a write may still arrive');
      return { holder: '' };
    };
    // If this fails, the lease expires.
    await this.#head.change(release).catch(() => undefined);
    await this.#connection.client.close();
  }

  async #apply(commit: GenerationCommit): Promise<void> {
    const { generation, unparked, parked } = commit;
    const id = (document: string): string => `${generation}/${document}`;
    if (unparked.length > 0)
      await this.#parked.updateMany({ _id: { $in: unparked.map(id) } }, { $set: { gone: true } });
    if (!(await (await this.#rowsOf(generation)).apply(commit))) {
      // Documents were removed by something else, so the rest is useless and the next survey drops it.
      const key = generationKey(generation);
      await this.#head.change(({ generations }) => ({
        generations: { ...generations, [key]: { ...generations[key]!, storeId: 'damaged' } },
      }));
      throw contested(`documents of ${commit.model} were removed`);
    }
    // This must follow the rows: a parked document is no longer folded, so it must show the state before its poison event.
    for (const each of parked)
      await this.#parked.replaceOne(
        { _id: id(each.id) },
        { ...each, generation, gone: false },
        { upsert: true },
      );
  }

  async #discard(generation: number, collection: string): Promise<void> {
    this.#rows.delete(generation);
    await dropIfThere(this.#connection.db, collection);
    await this.#parked.deleteMany({ generation });
  }

  async #rowsOf(generation: number): Promise<GenerationRows> {
    let rows = this.#rows.get(generation);
    if (rows === undefined) {
      const stored = (await this.#head.current()).generations[generationKey(generation)];
      if (stored === undefined) throw contested(`generation ${generation} no longer exists`);
      rows = new GenerationRows(
        this.#connection.db.collection<StoredRow>(stored.collection),
        stored.indexes,
        this.#turns,
      );
      this.#rows.set(generation, rows);
    }
    return rows;
  }

  async #ask<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw readModelError(error);
    }
  }

  async #write<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      this.#doubt.present = true;
      throw readModelError(error);
    }
  }
}
