import type { Collection, Db, Filter, UpdateFilter } from 'mongodb';
import { withOwnCheckpoints } from './checkpoints.js';
import { COLLECTIONS, type Fence, type Head, type HeadChange, type StoredGeneration } from './schema.js';

export type NamedGeneration = readonly [key: string, stored: StoredGeneration];

export class HeadDocument {
  readonly #place: { readonly db: Db };

  constructor(place: { readonly db: Db }) {
    this.#place = place;
  }

  get #collection(): Collection<Head> {
    return this.#place.db.collection<Head>(COLLECTIONS.head);
  }

  async read(): Promise<Head | undefined> {
    const head = await this.#collection.findOne({ _id: 'head' });
    return head === null ? undefined : withOwnCheckpoints(head);
  }

  async make(fence: Fence): Promise<Head> {
    const head: Head = { _id: 'head', ...fence, settled: 0n, beat: 0n, next: 1, generations: {} };
    await this.#collection.insertOne(head);
    return head;
  }

  async take(seen: Head, fence: Fence): Promise<boolean> {
    const { token, holder, beat } = seen;
    return await this.#change(
      { token, holder, beat },
      { $set: { token: fence.token, holder: fence.holder }, $inc: { beat: 1n } },
    );
  }

  /** Returns false if a different process has the lease, or if `where` does not match. */
  async change(fence: Fence, { set = {}, unset = [], where = {}, written }: HeadChange): Promise<boolean> {
    const changed = await this.#change(
      { token: fence.token, holder: fence.holder, ...where },
      {
        $inc: { beat: 1n },
        ...(Object.keys(set).length > 0 && { $set: set }),
        ...(unset.length > 0 && { $unset: Object.fromEntries(unset.map((path) => [path, ''])) }),
      },
    );
    if (changed) written?.();
    return changed;
  }

  async #change(where: Filter<Head>, update: UpdateFilter<Head>): Promise<boolean> {
    return (await this.#collection.updateOne({ _id: 'head', ...where }, update)).matchedCount === 1;
  }
}
