import { readFileSync } from 'node:fs';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStoreListen } from './listen-settings.js';
import type { SqliteEventStore } from '#src/engine/event-store/index.js';
import type { WireServer, WireServerThread } from '#src/stores/eventstore-server/index.js';
import type { EventLog } from './event-log.js';
import { superviseThread } from './supervised-thread.js';
import type { Log } from '../output/log.js';

/**
 * Serves a log over the EventStoreDB protocol in this thread. Clients can read the entire log. Muster's streams accept only Muster's events. `listen`
 * determines whether other streams can be written.
 */
export async function serveLog(
  store: Pick<SqliteEventStore, 'handle'>,
  catalog: Catalog,
  listen: EventStoreListen,
  log: Log,
): Promise<WireServer> {
  warnOfUnusedPasswords(listen, log);
  const { maxAppendSize, ...rest } = listen;
  // Most servers do not serve a log, so the libraries are loaded only here.
  const { ruleForServers, startEventStoreServer, storeBounds } =
    await import('#src/stores/eventstore-server/index.js');
  return await startEventStoreServer({
    store,
    ...rest,
    rule: ruleForServers(listen.foreign, catalog),
    bounds: storeBounds(maxAppendSize),
    tls: read(listen.tls),
  });
}

export async function serveLogOfServer(
  events: Pick<EventLog, 'handle' | 'catalog'>,
  listen: EventStoreListen,
  log: Log,
  clock: Clock,
): Promise<{ close(): Promise<void> }> {
  warnOfUnusedPasswords(listen, log);
  const start = async (): Promise<WireServerThread> => {
    const handle = events.handle();
    if (handle.kind !== 'sqlite') throw new Error('only the embedded event store can be served');
    const { startEventStoreThread } = await import('#src/stores/eventstore-server/index.js');
    return await startEventStoreThread({
      handle,
      categories: events.catalog.categories,
      ...listen,
      tls: read(listen.tls),
    });
  };
  return await superviseThread(start, log, clock);
}

function warnOfUnusedPasswords({ tls, credentials }: EventStoreListen, log: Log): void {
  if (credentials === undefined || tls !== undefined) return;
  const problem =
    'EventStoreDB clients for .NET and Node.js do not send a password without TLS, so they are refused with access-denied: set MUSTER_EVENTSTORE_TLS_CERT and MUSTER_EVENTSTORE_TLS_KEY';
  log.warn({ code: 'event-store-credentials-without-tls', problem });
}

function read(tls: EventStoreListen['tls']): { readonly cert: string; readonly key: string } | undefined {
  return tls && { cert: readFileSync(tls.certFile, 'utf8'), key: readFileSync(tls.keyFile, 'utf8') };
}
