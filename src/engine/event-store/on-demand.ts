import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { EsdbEventStore, EsdbEventStoreOptions } from './esdb/open.js';

export async function openEsdbEventStore(options: EsdbEventStoreOptions): Promise<EsdbEventStore> {
  const { openEsdbEventStore: open } = await import('./esdb/open.js');
  return await open(options);
}

export async function openEsdbForImport(options: EsdbEventStoreOptions): Promise<EventStore> {
  const { openEsdbForImport: open } = await import('./esdb/open.js');
  return await open(options);
}
