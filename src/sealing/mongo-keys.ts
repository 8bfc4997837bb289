import { Binary, MongoClient, type Collection } from 'mongodb';
import { MusterError } from '#domain/errors/index.js';
import type { SubjectKeys } from './subject-keys.js';

interface KeyDocument {
  readonly _id: string;
  readonly wrapped: Binary;
}

/** Name of the database beside that of the read models: no rebuild touches it. */
export function keysDatabaseOf(url: string): string {
  const name = new URL(url.replace(/^mongodb(\+srv)?:/, 'http:').replace(/,[^/]*/, '')).pathname.slice(1);
  return `${name === '' ? 'muster' : decodeURIComponent(name)}_keys`;
}

/** Wrapped keys in a MongoDB database of their own; what is answered is on the disks of a majority. */
export async function openMongoKeys(url: string): Promise<SubjectKeys> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000, retryWrites: true, writeConcern: { w: 'majority', journal: true } });
  await told(() => client.connect());
  return new MongoKeys(client, client.db(keysDatabaseOf(url)).collection<KeyDocument>('keys'));
}

class MongoKeys implements SubjectKeys {
  constructor(
    private readonly client: MongoClient,
    private readonly keys: Collection<KeyDocument>,
  ) {}

  async get(subject: string): Promise<Uint8Array | undefined> {
    const found = await told(() => this.keys.findOne({ _id: subject }));
    return found?.wrapped.buffer;
  }

  async keep(subject: string, wrapped: Uint8Array): Promise<Uint8Array> {
    return await told(async () => {
      await this.keys.updateOne({ _id: subject }, { $setOnInsert: { wrapped: new Binary(wrapped) } }, { upsert: true }).catch((error: unknown) => {
        // Two that upsert at once: one of them finds the other's.
        if ((error as { code?: number }).code !== 11000) throw error;
      });
      return (await this.keys.findOne({ _id: subject }))?.wrapped.buffer ?? wrapped;
    });
  }

  async delete(subject: string): Promise<void> {
    await told(() => this.keys.deleteOne({ _id: subject }));
  }

  async close(): Promise<void> {
    await this.client.close();
  }
}

async function told<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: `the store of keys: ${error instanceof Error ? error.message : String(error)}` }, { cause: error });
  }
}
