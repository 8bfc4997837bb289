import { Binary, MongoClient, type Collection } from 'mongodb';
import { MusterError } from '#domain/kernel/errors/index.js';
import { ReconnectingClient } from '#src/engine/mongodb-client.js';
import type { SubjectKeys } from './subject-keys.js';

interface KeyDocument {
  readonly _id: string;
  readonly wrapped: Binary;
}

export function keysDatabaseOf(url: string): string {
  const name = new URL(url.replace(/^mongodb(\+srv)?:/, 'http:').replace(/,[^/]*/, '')).pathname.slice(1);
  return `${name === '' ? 'muster' : decodeURIComponent(name)}_keys`;
}

export async function openMongoKeys(url: string): Promise<SubjectKeys> {
  const lasting = new ReconnectingClient(
    () =>
      new MongoClient(url, {
        serverSelectionTimeoutMS: 5_000,
        retryWrites: true,
        writeConcern: { w: 'majority', journal: true },
      }),
  );
  await lasting.client.connect().catch((error: unknown) => Promise.reject(unavailable(error)));
  return new MongoKeys(lasting, keysDatabaseOf(url));
}

class MongoKeys implements SubjectKeys {
  constructor(
    private readonly lasting: ReconnectingClient,
    private readonly database: string,
  ) {}

  get #keys(): Collection<KeyDocument> {
    return this.lasting.client.db(this.database).collection<KeyDocument>('keys');
  }

  async get(subject: string): Promise<Uint8Array | undefined> {
    const found = await this.#told(() => this.#keys.findOne({ _id: subject }));
    return found?.wrapped.buffer;
  }

  async keep(subject: string, wrapped: Uint8Array): Promise<Uint8Array> {
    return await this.#told(async () => {
      await this.#keys
        .updateOne({ _id: subject }, { $setOnInsert: { wrapped: new Binary(wrapped) } }, { upsert: true })
        .catch((error: unknown) => {
          if ((error as { code?: number }).code !== 11000) throw error;
        });
      return (await this.#keys.findOne({ _id: subject }))?.wrapped.buffer ?? wrapped;
    });
  }

  async delete(subject: string): Promise<void> {
    await this.#told(() => this.#keys.deleteOne({ _id: subject }));
  }

  async close(): Promise<void> {
    await this.lasting.close();
  }

  async #told<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      this.lasting.reportError(error);
      throw unavailable(error);
    }
  }
}

function unavailable(error: unknown): MusterError {
  return new MusterError(
    'MUSTER_E_STORE_UNAVAILABLE',
    { problem: `key store: ${error instanceof Error ? error.message : String(error)}` },
    { cause: error },
  );
}
