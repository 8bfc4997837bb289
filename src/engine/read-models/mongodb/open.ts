import { systemClock } from '#agents/clock/system-clock.js';
import type { Clock } from '#domain/ports/clock.js';
import type { StopSignal } from '#domain/ports/signal.js';
import { connect, told } from './connect.js';
import type { ModelView } from '../storage.js';
import { HeadDocument } from './head.js';
import { takeLease } from './lease.js';
import { MongoStorage } from './mongo-storage.js';
import { MongoView } from './mongo-view.js';
import type { Head } from './schema.js';

/** How often the holder of the lease says that it lives, in milliseconds. */
const BEAT_MS = 1_000;
/** A command may take so long: indexes of many documents do. */
const SOCKET_TIMEOUT_MS = 60_000;

export interface MongoStorageOptions {
  readonly url: string;
  readonly clock?: Clock;
  /** The same after a restart: what a killed process held is taken at once by the one that is started in its place. */
  readonly owner?: string | undefined;
  /** Ends the wait for the lease. */
  readonly signal?: StopSignal | undefined;
  /** Told of what the projector does that holds the lease, while this one waits for it. */
  readonly onStandby?: ((head: Head) => Promise<void>) | undefined;
  /** Told once when the lease turned out to be another's, or what is stored another thing than was left there. */
  readonly onLost?: (() => void) | undefined;
}

/**
 * Opens the read models in MongoDB for writing, as soon as this is the one projector that does. Undefined when the signal aborts
 * before. Throws `MUSTER_E_READ_MODEL_UNAVAILABLE` where there is no MongoDB.
 */
export async function openMongoStorage(options: MongoStorageOptions): Promise<MongoStorage | undefined> {
  const { url, clock = systemClock, owner, signal, onStandby, onLost } = options;
  const connection = connect(url, { socketTimeoutMS: SOCKET_TIMEOUT_MS });
  try {
    const head = new HeadDocument(connection);
    const fence = await takeLease(connection.db, head, { clock, owner, signal, onStandby });
    if (fence !== undefined) {
      const storage = new MongoStorage(connection, head, fence);
      void keepLease(storage, clock, onLost);
      return storage;
    }
  } catch (error) {
    await connection.client.close();
    throw told(error);
  }
  await connection.client.close();
  return undefined;
}

/** The same for those who only look, while any projector works. */
export function openMongoView(url: string): ModelView {
  const { client, db } = connect(url, { socketTimeoutMS: SOCKET_TIMEOUT_MS });
  return new MongoView(db, new HeadDocument({ db }), client);
}

async function keepLease(storage: MongoStorage, clock: Clock, onLost: (() => void) | undefined): Promise<void> {
  while (!storage.closing.aborted) {
    await clock.sleep(BEAT_MS, storage.closing);
    if (storage.closing.aborted) return;
    // While MongoDB is away nobody else can take the lease either.
    const held = await storage.beat().catch(() => true);
    if (!held && !storage.closing.aborted) {
      onLost?.();
      return;
    }
  }
}
