import type { EventStore } from '#domain/ports/event-store.js';
import type { EsdbEventStore, EsdbEventStoreOptions } from './esdb/open.js';
import type { WireWorkerStart } from './server/worker-messages.js';
import type { EventStoreServerOptions, WireServer, WireServerThread } from './server/index.js';

/** An EventStoreDB behind the port. Its client is loaded only now: all else would start later for it. */
export async function openEsdbEventStore(options: EsdbEventStoreOptions): Promise<EsdbEventStore> {
  const { openEsdbEventStore: open } = await import('./esdb/open.js');
  return await open(options);
}

/** The same for an import: appends that are under way together keep their order. */
export async function openEsdbForImport(options: EsdbEventStoreOptions): Promise<EventStore> {
  const { openEsdbForImport: open } = await import('./esdb/open.js');
  return await open(options);
}

/** Serves a log by EventStoreDB's protocol, in this thread. */
export async function startEventStoreServer(options: EventStoreServerOptions): Promise<WireServer> {
  const { startEventStoreServer: start } = await import('./server/index.js');
  return await start(options);
}

/** The same in a thread of its own. */
export async function startEventStoreThread(start: WireWorkerStart): Promise<WireServerThread> {
  const { startEventStoreThread: startThread } = await import('./server/index.js');
  return await startThread(start);
}
