import { MongoBulkWriteError, type AnyBulkWriteOperation, type Collection, type OptionalUnlessRequiredId } from 'mongodb';
import { isDuplicateKey } from './connect.js';
import type { StoredRow } from './schema.js';

/** Writes that go into one command. FerretDB holds a connection to its database for each until the command ends. */
const BULK = 500;

/** Inserts in order and goes on behind each row whose id (or place) is taken. Answers those rows. */
export async function insertAll(collection: Collection<StoredRow>, rows: readonly StoredRow[]): Promise<readonly StoredRow[]> {
  const taken: StoredRow[] = [];
  for (let from = 0; from < rows.length; ) {
    const part = rows.slice(from, from + BULK);
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

/** Updates in order, and answers how many found their document. */
export async function updateAll(collection: Collection<StoredRow>, updates: readonly AnyBulkWriteOperation<StoredRow>[]): Promise<number> {
  let matched = 0;
  for (let from = 0; from < updates.length; from += BULK) {
    const result = await collection.bulkWrite(updates.slice(from, from + BULK), { ordered: true });
    matched += result.matchedCount;
  }
  return matched;
}
