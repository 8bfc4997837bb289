import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { connect, readModelError } from './connect.js';
import type { ModelView } from '#src/engine/read-models/index.js';
import { HeadDocument } from './head.js';
import { takeLease } from './lease.js';
import { MongoStorage } from './mongo-storage.js';
import { MongoView } from './mongo-view.js';
import type { Head } from './schema.js';

const HEARTBEAT_MS = 1_000;
/** Timeout of a command in milliseconds. It is long because creating an index over many documents takes a long time. */
const SOCKET_TIMEOUT_MS = 60_000;

export interface MongoStorageOptions {
  readonly url: string;
  readonly clock?: Clock;
  readonly owner?: string | undefined;
  readonly signal?: StopSignal | undefined;
  readonly onStandby?: ((head: Head) => Promise<void>) | undefined;
  readonly onLost?: (() => void) | undefined;
}

/**
 * Opens the read models in MongoDB for writing, as soon as this is the only projector. Undefined if the signal aborts first. Throws
 * `MUSTER_E_READ_MODEL_UNAVAILABLE` if MongoDB is not reachable.
 */
export async function openMongoStorage(options: MongoStorageOptions): Promise<MongoStorage | undefined> {
  const { url, clock = systemClock, owner, signal, onStandby, onLost } = options;
  const connection = connect(url, { socketTimeoutMS: SOCKET_TIMEOUT_MS });
  try {
    const head = new HeadDocument(connection);
    const held = await takeLease(connection.db, head, { clock, owner, signal, onStandby });
    if (held !== undefined) {
      const storage = new MongoStorage(connection, head, held);
      void keepLease(storage, clock, onLost);
      return storage;
    }
  } catch (error) {
    await connection.client.close();
    throw readModelError(error);
  }
  await connection.client.close();
  return undefined;
}

export function openMongoView(url: string): ModelView {
  const { client, db } = connect(url, { socketTimeoutMS: SOCKET_TIMEOUT_MS });
  return new MongoView(db, new HeadDocument({ db }), client);
}

async function keepLease(
  storage: MongoStorage,
  clock: Clock,
  onLost: (() => void) | undefined,
): Promise<void> {
  while (!storage.closing.aborted) {
    await clock.sleep(HEARTBEAT_MS, storage.closing);
    if (storage.closing.aborted) return;
    // While MongoDB is unreachable, no other process can take the lease either.
    const held = await storage.beat().catch(() => true);
    if (!held && !storage.closing.aborted) {
      onLost?.();
      return;
    }
  }
}
