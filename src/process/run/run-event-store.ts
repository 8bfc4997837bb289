import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import type { EventStoreListen } from '../event-log/listen-settings.js';
import { serveLog } from '../event-log/served-log.js';
import { openDataDirectory } from '../data-directory/data-directory.js';
import { isOpenToAll } from '../listener/local-access.js';
import { createLog, type Log } from '../output/log.js';
import { ServerHost } from '../host/server-host.js';
import type { Settings } from '../settings/settings.js';
import { runUntilStopped, type Running } from './run-until-stopped.js';

/**
 * `muster eventstore`: an event store for several servers that serves the EventStoreDB protocol from its own data directory. It does not distinguish
 * clients: any client with write access can write Muster's events and streams. Runs until it is stopped or fails, and returns the exit status.
 */
export async function runEventStore(settings: Settings, listen: EventStoreListen): Promise<number> {
  const log = createLog(settings, 'eventstore');
  return await runUntilStopped({
    codes: {
      listening: 'event-store-listening',
      failed: 'event-store-failed',
      stopped: 'event-store-stopped',
    },
    log,
    start: async () => await open(settings, listen, log),
    greeting: ({ url }) => `Muster's event store is listening on ${url}\n  data  ${settings.dataDir}\n`,
  });
}

async function open(settings: Settings, listen: EventStoreListen, log: Log): Promise<Running> {
  if (isOpenToAll(listen) && listen.credentials === undefined)
    log.warn({ code: 'local-access-open', wanted: listen.localAccess });
  const host = new ServerHost(openDataDirectory(settings.dataDir, { passable: false }), log);
  try {
    const store = await openSqliteEventStore({ directory: host.directory });
    host.onClose('event-store', async () => await store.close());
    host.endOn(store.fatal);
    // The list of all events is large, so it is loaded only after the data directory is locked.
    const { EVENT_CATALOG } = await import('#domain/all-events.js');
    const server = await serveLog(store, EVENT_CATALOG, listen, log);
    host.onClose('event-store-server', async () => await server.close());
    return { url: server.url, fatal: host.failed(), stop: async () => await host.close() };
  } catch (error) {
    await host.close();
    throw error;
  }
}
