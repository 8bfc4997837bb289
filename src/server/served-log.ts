import { readFileSync } from 'node:fs';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStoreListen } from './settings/listen.js';
import {
  ruleForServers,
  startEventStoreServer,
  startEventStoreThread,
  storeBounds,
  type SqliteEventStore,
  type WireServer,
  type WireServerThread,
} from '#src/engine/event-store/index.js';
import type { EventLog } from './event-log.js';
import { superviseThread } from './supervised-thread.js';
import type { Log } from './log.js';

/**
 * Serves a log by the EventStoreDB protocol in this thread. All of it can be read; Muster's streams are written only by its servers, other streams as
 * `listen` allows.
 */
export async function serveLog(
  store: Pick<SqliteEventStore, 'handle'>,
  listen: EventStoreListen,
  log: Log,
): Promise<WireServer> {
  warnOfUnusedPasswords(listen, log);
  const { maxAppendSize, ...rest } = listen;
  return await startEventStoreServer({
    store,
    ...rest,
    rule: ruleForServers(listen.foreign),
    bounds: storeBounds(maxAppendSize),
    tls: read(listen.tls),
  });
}

/** Serves the log of a running server, until closed. Muster's own streams are read-only. Throws if it cannot listen at first. */
export async function serveLogOfServer(
  events: Pick<EventLog, 'handle'>,
  listen: EventStoreListen,
  log: Log,
  clock: Clock,
): Promise<{ close(): Promise<void> }> {
  warnOfUnusedPasswords(listen, log);
  const start = async (): Promise<WireServerThread> => {
    const handle = events.handle();
    if (handle.kind !== 'sqlite') throw new Error('only the embedded event store can be served');
    return await startEventStoreThread({ handle, ...listen, tls: read(listen.tls) });
  };
  return await superviseThread(start, log, clock);
}

/** The official clients drop credentials on plain-text connections, and then report only `access-denied`. */
function warnOfUnusedPasswords({ tls, credentials }: EventStoreListen, log: Log): void {
  if (credentials === undefined || tls !== undefined) return;
  const problem =
    'EventStoreDB clients for .NET and Node send no password without TLS, so they are refused with access-denied: set MUSTER_EVENTSTORE_TLS_CERT and MUSTER_EVENTSTORE_TLS_KEY';
  log.warn({ code: 'event-store-credentials-without-tls', problem });
}

function read(tls: EventStoreListen['tls']): { readonly cert: string; readonly key: string } | undefined {
  return tls && { cert: readFileSync(tls.certFile, 'utf8'), key: readFileSync(tls.keyFile, 'utf8') };
}
