import { FOLDS } from '../read-side/folds.js';
import { lockDataDirectory } from '#src/engine/event-store/index.js';
import { startEventLog } from '../event-log/start-event-log.js';
import { openReadSide } from '../read-side/read-side.js';
import { startSchedulers } from '../schedulers/schedulers.js';
import { openDataDirectory } from '../data-directory/data-directory.js';
import type { Log } from '../output/log.js';
import { ServerHost } from '../host/server-host.js';
import type { Settings } from '../settings/settings.js';
import type { RunningServer } from './running-server.js';

/**
 * Starts a server with the configured roles and components: locks the data directory, opens the log, starts the projector and scheduler
 * threads and the sagas, listens, and starts the local agent. If it throws, everything is closed again. Most modules are loaded only after the
 * threads have started, so that the threads and the main thread load in parallel.
 */
export async function startServer(settings: Settings, log: Log): Promise<RunningServer> {
  const directory = openDataDirectory(settings.dataDir, { passable: settings.embeddedAgent });
  const host = new ServerHost(directory, log);
  try {
    const lock = lockDataDirectory(directory);
    host.onClose('lock', () => lock.release());
    const events = await startEventLog(host, settings, FOLDS.catalog, lock);
    const views = await openReadSide(host, settings, events);
    const schedulers = startSchedulers(host, settings, events);
    const [{ openApp }, { withLocalAccess }] = await Promise.all([
      import('../app.js'),
      import('../accounts/with-local-access.js'),
    ]);
    return await openApp(host, withLocalAccess(settings, directory, log), events, views, schedulers);
  } catch (error) {
    await host.close();
    throw error;
  }
}
