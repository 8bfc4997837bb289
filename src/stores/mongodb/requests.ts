import type { Collection, Db } from 'mongodb';
import { COLLECTIONS } from './schema.js';

export class RebuildRequests {
  readonly #collection: Collection<{ _id: string }>;

  constructor(db: Db) {
    this.#collection = db.collection(COLLECTIONS.requests);
  }

  async all(): Promise<readonly string[]> {
    return (await this.#collection.find().toArray()).map(({ _id }) => _id);
  }

  async add(model: string): Promise<void> {
    await this.#collection.updateOne({ _id: model }, { $set: { _id: model } }, { upsert: true });
  }

  async remove(model: string): Promise<void> {
    await this.#collection.deleteOne({ _id: model });
  }
}
