import type { Db, MongoClient } from 'mongodb';
import type {
  GenerationState,
  Gone,
  IndexedRow,
  ModelView,
  Parked,
  Row,
} from '#src/engine/read-models/index.js';
import { readModelError } from './connect.js';
import { GenerationRows } from './generation-rows.js';
import type { HeadDocument } from './head.js';
import {
  COLLECTIONS,
  generationKey,
  toState,
  type StoredGeneration,
  type StoredParked,
  type StoredRow,
} from './schema.js';

/** Read-only access to the storage. Each read finds the current collection through the head. */
export class MongoView implements ModelView {
  readonly #db: Db;
  readonly #head: HeadDocument;
  readonly #client: MongoClient | undefined;

  constructor(db: Db, head: HeadDocument, client?: MongoClient) {
    this.#db = db;
    this.#head = head;
    this.#client = client;
  }

  async close(): Promise<void> {
    await this.#client?.close();
  }

  async generations(): Promise<readonly GenerationState[]> {
    const head = await this.#head.read().catch((error: unknown) => Promise.reject(readModelError(error)));
    const states = Object.entries(head?.generations ?? {}).map(([key, stored]) => toState(key, stored));
    return states.sort((a, b) => a.generation - b.generation);
  }

  async load(generation: number, ids: readonly string[]): Promise<readonly (Row | Gone)[]> {
    return (await this.#rows(generation))?.load(ids) ?? [];
  }

  async scan(generation: number, after: number, limit: number): Promise<readonly IndexedRow[]> {
    return (await this.#rows(generation))?.scan(after, limit) ?? [];
  }

  async parked(generation: number): Promise<readonly Parked[]> {
    const all = await this.#db
      .collection<StoredParked>(COLLECTIONS.parked)
      .find({ generation, gone: false })
      .toArray();
    // The head is large, so it is read only if something is parked, which is rare.
    const cleared = all.length === 0 ? -1n : ((await this.#stored(generation))?.cleared ?? -1n);
    const parked = all.filter(({ position }) => position >= cleared);
    const order = (a: Parked, b: Parked): number =>
      a.position === b.position ? (a.id < b.id ? -1 : 1) : a.position < b.position ? -1 : 1;
    return parked
      .map(({ id, eventId, position, type, error }) => ({ id, eventId, position, type, error }))
      .sort(order);
  }

  async #rows(generation: number): Promise<GenerationRows | undefined> {
    const stored = await this.#stored(generation);
    return stored === undefined
      ? undefined
      : new GenerationRows(this.#db.collection<StoredRow>(stored.collection), stored.indexes);
  }

  async #stored(generation: number): Promise<StoredGeneration | undefined> {
    return (await this.#head.read())?.generations[generationKey(generation)];
  }
}
