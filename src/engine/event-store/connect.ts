import { MusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { aroundAppend } from './around-append.js';
import type { EsdbEventStoreHandle, EventStoreHandle } from './handle.js';
import { connectSqliteEventStore } from './sqlite/open.js';

/** Opens the log of a handle in the calling thread. The EventStoreDB adapter is only loaded if it is used. */
export async function connectEventStore(handle: EventStoreHandle): Promise<EventStore> {
  const store = await open(handle);
  return handle.refuses === undefined ? store : refusing(store, handle.refuses);
}

/** Returns the same log, which can only be read. */
export function refusing(store: EventStore, problem: string): EventStore {
  const refuse = (): Promise<never> =>
    Promise.reject(new MusterError('MUSTER_E_LOG_INCOMPLETE', { problem }));
  return Object.assign(aroundAppend(store, refuse), {
    truncateBefore: refuse,
    deleteStream: refuse,
    tombstoneStream: refuse,
  });
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
  const { openEsdbEventStore } = await import('./esdb/open.js');
  return await openEsdbEventStore({ url, categories, tail, connectTimeoutMs: CONNECT_TIMEOUT_MS });
}
