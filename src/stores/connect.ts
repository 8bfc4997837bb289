import type { EventStore } from '#domain/kernel/ports/event-store.js';
import {
  connectSqliteEventStore,
  refusing,
  type EsdbEventStoreHandle,
  type EventStoreHandle,
} from '#src/engine/event-store/index.js';
import { openEsdbEventStore } from './eventstoredb/index.js';

/** Opens the log of a handle in the calling thread. The EventStoreDB adapter is only loaded if it is used. */
export async function connectEventStore(handle: EventStoreHandle): Promise<EventStore> {
  const store = await open(handle);
  return handle.refuses === undefined ? store : refusing(store, handle.refuses);
}

async function open(handle: EventStoreHandle): Promise<EventStore> {
  switch (handle.kind) {
    case 'sqlite':
      return await Promise.resolve(connectSqliteEventStore(handle));
    case 'esdb':
      return await openFromUrl(handle);
  }
}

const CONNECT_TIMEOUT_MS = 30_000;

async function openFromUrl({ url, categories, tail }: EsdbEventStoreHandle): Promise<EventStore> {
  return await openEsdbEventStore({ url, categories, tail, connectTimeoutMs: CONNECT_TIMEOUT_MS });
}
