import { readFileSync } from 'node:fs';
import type { EventStoreListen } from '../config/settings.js';
import { startEventStoreServer, startEventStoreThread, type WireServer, type WireServerThread } from '../event-store/server/index.js';
import type { SqliteEventStore, SqliteEventStoreHandle } from '../event-store/index.js';

/** Serves a log by EventStoreDB's protocol, all of it to be read and written, in this thread. */
export async function serveLog(store: Pick<SqliteEventStore, 'handle'>, listen: EventStoreListen): Promise<WireServer> {
  return await startEventStoreServer({ store, ...listen, tls: read(listen.tls) });
}

/** Serves the log of a running Muster beside it. Its own streams can only be read. */
export async function serveLogBeside(handle: SqliteEventStoreHandle, listen: EventStoreListen): Promise<WireServerThread> {
  return await startEventStoreThread({ handle, ...listen, tls: read(listen.tls) });
}

function read(tls: EventStoreListen['tls']): { readonly cert: string; readonly key: string } | undefined {
  return tls && { cert: readFileSync(tls.certFile, 'utf8'), key: readFileSync(tls.keyFile, 'utf8') };
}
