import { systemClock } from '#agents/platform/clock/system-clock.js';
import { untilAborted } from '#agents/platform/clock/until-aborted.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { openDataDirectory, OWN_UMASK } from '../data-directory/data-directory.js';
import type { EventStoreListen } from '../../plugins/event-log/listen-settings.js';
import { SettingsError } from '#domain/kernel/settings/settings-error.js';
import type { Settings } from '../settings/settings.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { Closing } from '../process/closing.js';
import { isOpenToAll } from '../network/local-access.js';
import { createLog, type Log } from '../output/log.js';
import { serveLog } from '../../plugins/event-log/served-log.js';
import { stopOnSignals } from '../process/signals.js';
import { logUncaught } from '../process/uncaught.js';

/** Exit status if another process is using the data directory (EX_TEMPFAIL in sysexits.h). */
const EXIT_DIRECTORY_OWNED = 75;

/**
 * `muster eventstore`: an event store for several servers that serves the EventStoreDB protocol from its own data directory. It does not distinguish
 * clients: any client with write access can write Muster's events and streams. Runs until it is stopped or fails, and returns the exit status.
 */
export async function runEventStore(settings: Settings, listen: EventStoreListen): Promise<number> {
  process.umask(OWN_UMASK);
  const log = createLog(settings, 'eventstore');
  logUncaught(log);
  if (isOpenToAll(listen) && listen.credentials === undefined)
    log.warn({ code: 'local-access-open', wanted: listen.localAccess });
  const stop = stopOnSignals(systemClock);
  const closing = new Closing(log);
  try {
    const { url, fatal } = await open(settings, listen, { closing, log });
    log.info({ code: 'event-store-listening', url });
    process.stderr.write(`Muster's event store is listening on ${url}\n  data  ${settings.dataDir}\n`);
    const failure = await Promise.race([untilAborted(stop), fatal]);
    if (failure instanceof Error) return giveUp(failure, log);
  } catch (error) {
    await closing.run();
    if (error instanceof SettingsError) throw error;
    const owned = isMusterError(error, 'MUSTER_E_DATA_DIRECTORY_LOCKED');
    const message = error instanceof Error ? error.message : String(error);
    log.fatal({ code: owned ? 'data-directory-owned' : 'start-failed', problem: message });
    process.stderr.write(`muster: ${message}\n`);
    return owned ? EXIT_DIRECTORY_OWNED : 1;
  }
  await closing.run();
  log.info({ code: 'event-store-stopped' });
  return 0;
}

async function open(
  settings: Settings,
  listen: EventStoreListen,
  { closing, log }: { readonly closing: Closing; readonly log: Log },
): Promise<{ readonly url: string; readonly fatal: Promise<Error> }> {
  const directory = openDataDirectory(settings.dataDir, { passable: false });
  const store = await openSqliteEventStore({ directory });
  closing.add('event-store', async () => await store.close());
  const server = await serveLog(store, listen, log);
  closing.add('event-store-server', async () => await server.close());
  return { url: server.url, fatal: store.fatal };
}

/** Exits without an orderly shutdown: pending requests have an unknown outcome, and the next start checks the log first. */
function giveUp(failure: Error, log: Log): never {
  log.fatal({ code: 'event-store-failed', err: failure });
  process.stderr.write(`muster: cannot continue: ${failure.message}\n`);
  process.exit(1);
}
