import {
  MongoBulkWriteError,
  type AnyBulkWriteOperation,
  type Collection,
  type Filter,
  type OptionalUnlessRequiredId,
} from 'mongodb';
import type { LimitFunction } from 'p-limit';
import { isDuplicateKey } from './connect.js';
import type { StoredRow } from './schema.js';

const INSERTS = 500;
const CHANGES = 50;
const MIN_CHANGES = 8;

/** Inserts in order, and skips rows whose id (or sequence `s`) already exists. Returns the skipped rows. */
export async function insertAll(
  collection: Collection<StoredRow>,
  rows: readonly StoredRow[],
): Promise<readonly StoredRow[]> {
  const taken: StoredRow[] = [];
  for (let from = 0; from < rows.length;) {
    const part = rows.slice(from, from + INSERTS);
    try {
      await collection.insertMany(part as OptionalUnlessRequiredId<StoredRow>[], { ordered: true });
      from += part.length;
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError) || !isDuplicateKey(error)) throw error;
      const failed = [error.writeErrors].flat()[0]?.index ?? error.insertedCount;
      taken.push(part[failed]!);
      from += failed + 1;
    }
  }
  return taken;
}

export async function updateAll(
  collection: Collection<StoredRow>,
  updates: readonly AnyBulkWriteOperation<StoredRow>[],
  turns: LimitFunction,
): Promise<number> {
  const parts: Promise<number>[] = [];
  // A server executes the changes of a command sequentially, but several commands concurrently.
  const size = Math.min(CHANGES, Math.max(MIN_CHANGES, Math.ceil(updates.length / turns.concurrency)));
  for (let from = 0; from < updates.length; from += size) {
    parts.push(
      turns(
        async () =>
          (await collection.bulkWrite(updates.slice(from, from + size), { ordered: true })).matchedCount,
      ),
    );
  }
  return (await allEnded<readonly number[]>(parts)).reduce((sum, matched) => sum + matched, 0);
}

export async function deleteAll(
  collection: Collection<StoredRow>,
  filters: readonly Filter<StoredRow>[],
  turns: LimitFunction,
): Promise<void> {
  await updateAll(
    collection,
    filters.map((filter) => ({ deleteOne: { filter } })),
    turns,
  );
}

/** Like `Promise.all`, but nothing is still in progress when it throws. */
export async function allEnded<Results extends readonly unknown[]>(work: {
  readonly [Key in keyof Results]: Promise<Results[Key]>;
}): Promise<Results> {
  const ends = await Promise.allSettled(work);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return ends.map((end) => (end as PromiseFulfilledResult<unknown>).value) as unknown as Results;
}
