import type { EventStore } from '#domain/ports/event-store.js';
import type { EventStoreHandle } from './handle.js';
import { connectSqliteEventStore } from './sqlite/open.js';

/** The log that a handle leads to, in the thread that calls this. The adapter of a store that is not used is not even loaded. */
export async function connectEventStore(handle: EventStoreHandle): Promise<EventStore> {
  switch (handle.kind) {
    case 'sqlite':
      return await Promise.resolve(connectSqliteEventStore(handle));
    case 'esdb':
      return await openFromUrl(handle.url);
  }
}

/** Milliseconds to wait for an EventStoreDB that starts next to this process. */
const PATIENCE_MS = 30_000;

async function openFromUrl(url: string): Promise<EventStore> {
  const { openEsdbEventStore } = await import('./esdb/open.js');
  return await openEsdbEventStore({ url, patienceMs: PATIENCE_MS });
}
