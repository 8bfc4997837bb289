import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { EsdbEventStoreHandle, EventStoreHandle } from './handle.js';
import { connectSqliteEventStore } from './sqlite/open.js';

/** Opens the log of a handle in the calling thread. The EventStoreDB adapter is only loaded if it is used. */
export async function connectEventStore(handle: EventStoreHandle): Promise<EventStore> {
  switch (handle.kind) {
    case 'sqlite':
      return await Promise.resolve(connectSqliteEventStore(handle));
    case 'esdb':
      return await openFromUrl(handle);
  }
}

const CONNECT_TIMEOUT_MS = 30_000;

async function openFromUrl({ url, tail }: EsdbEventStoreHandle): Promise<EventStore> {
  const { openEsdbEventStore } = await import('./esdb/open.js');
  return await openEsdbEventStore({ url, tail, connectTimeoutMs: CONNECT_TIMEOUT_MS });
}
