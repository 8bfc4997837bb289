import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { EsdbEventStore, EsdbEventStoreOptions } from './esdb/open.js';
import type { WireWorkerStart } from './server/worker-messages.js';
import type { EventStoreServerOptions, WireServer, WireServerThread } from './server/index.js';

export async function openEsdbEventStore(options: EsdbEventStoreOptions): Promise<EsdbEventStore> {
  const { openEsdbEventStore: open } = await import('./esdb/open.js');
  return await open(options);
}

export async function openEsdbForImport(options: EsdbEventStoreOptions): Promise<EventStore> {
  const { openEsdbForImport: open } = await import('./esdb/open.js');
  return await open(options);
}

export async function startEventStoreServer(options: EventStoreServerOptions): Promise<WireServer> {
  const { startEventStoreServer: start } = await import('./server/index.js');
  return await start(options);
}

export async function startEventStoreThread(start: WireWorkerStart): Promise<WireServerThread> {
  const { startEventStoreThread: startThread } = await import('./server/index.js');
  return await startThread(start);
}
