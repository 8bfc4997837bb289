import { systemClock } from '#agents/clock/system-clock.js';
import { untilAborted } from '#agents/clock/until-aborted.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { openDataDirectory, OWN_UMASK } from './data-directory.js';
import type { EventStoreListen } from './settings/listen.js';
import { SettingsError, type Settings } from './settings/settings.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { Closing } from './closing.js';
import { isOpenToAll } from './local-access.js';
import { createLog, type Log } from './log.js';
import { serveLog } from './served-log.js';
import { stopOnSignals } from './signals.js';
import { logUncaught } from './uncaught.js';

/** Another process uses the data directory (EX_TEMPFAIL of sysexits.h). */
const EXIT_DIRECTORY_OWNED = 75;

/**
 * `muster eventstore`: an event store process for several servers, with the EventStoreDB protocol over its own data directory. It reserves no
 * streams: a client that may write may write to all of them. Runs until it is stopped or fails, and returns the exit status.
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
    process.stderr.write(`Muster's event store listens on ${url}\n  data  ${settings.dataDir}\n`);
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

/** Exits without closing anything in order: pending requests have an unknown outcome, and the next start checks the log first. */
function giveUp(failure: Error, log: Log): never {
  log.fatal({ code: 'event-store-failed', err: failure });
  process.stderr.write(`muster: cannot go on: ${failure.message}\n`);
  process.exit(1);
}
