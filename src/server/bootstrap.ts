import { systemClock } from '#agents/clock/system-clock.js';
import { lockDataDirectory } from '#src/engine/event-store/index.js';
import { Closing } from './closing.js';
import { openDataDirectory } from './data-directory.js';
import { openEventLog } from './event-log.js';
import type { Log } from './log.js';
import type { RunningServer } from './running-server.js';
import { startSchedulers } from './schedulers.js';
import { serveLogOfServer } from './served-log.js';
import type { Settings } from './settings/settings.js';
import type { StartedThreads } from './started-threads.js';
import { openReadSide } from './read-side.js';

/**
 * Starts a server with the roles and parts of the settings: locks the data directory, opens the log, starts projector and scheduler threads and the
 * sagas, listens, and starts the local agent. Throws with everything closed again.
 *
 * Most modules are loaded only after the threads have started, so that threads and main thread load in parallel.
 */
export async function startServer(settings: Settings, log: Log): Promise<RunningServer> {
  const directory = openDataDirectory(settings.dataDir, { passable: settings.embeddedAgent });
  const closing = new Closing(log);
  try {
    const { events, views, schedulers } = await startThreads(settings, directory, log, closing);
    const [{ compose }, { withLocalAccess }] = await Promise.all([
      import('./server.js'),
      import('./with-local-access.js'),
    ]);
    return await compose({
      settings: withLocalAccess(settings, directory, log),
      directory,
      log,
      closing,
      events,
      views,
      schedulers,
    });
  } catch (error) {
    await closing.run();
    throw error;
  }
}

async function startThreads(
  settings: Settings,
  directory: string,
  log: Log,
  closing: Closing,
): Promise<Pick<StartedThreads, 'events' | 'views' | 'schedulers'>> {
  const lock = lockDataDirectory(directory);
  closing.add('lock', () => lock.release());
  const events = await openEventLog(settings, directory, lock, log);
  closing.add('event-store', async () => await events.store.close());
  if (settings.eventStoreListen !== undefined) {
    const served = await serveLogOfServer(events, settings.eventStoreListen, log, systemClock);
    closing.add('event-store-server', async () => await served.close());
  }
  const views = await openReadSide(settings, directory, events, systemClock, closing);
  const schedulers = startSchedulers(settings, directory, events, closing);
  return { events, views, schedulers };
}
