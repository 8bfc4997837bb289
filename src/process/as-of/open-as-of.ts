import type { History } from '#domain/kernel/ports/history.js';
import type { AsOfOptions } from '#src/http/index.js';
import { startAsOf } from './start-as-of.js';
import type { ServerParts } from '../http/server.js';
import type { ServerHost } from '../host/server-host.js';
import type { EventLog } from '../event-log/event-log.js';
import type { KeySettings } from '../keys/settings.js';
import { historyDirectory } from '../read-side/read-side.js';
import type { ReadSideSettings } from '../read-side/settings.js';
import type { SchedulerSettings } from '../schedulers/settings.js';

/** Serves GETs as of a past moment, in a thread that is started by the first such GET. Returns undefined if there is no history. */
export function openAsOf(
  host: ServerHost,
  settings: ServerParts['settings'] & KeySettings & ReadSideSettings & SchedulerSettings,
  log: EventLog,
  history: History | undefined,
): Pick<AsOfOptions, 'ask'> | undefined {
  if (history === undefined) return undefined;
  const past = startAsOf({
    eventStoreHandle: () => log.handle(),
    directory: host.directory,
    models: historyDirectory(settings, host.directory),
    mongodbUrl: settings.mongodbUrl,
    settings: settingsOf(settings),
    scheduling: {
      portRange: settings.portRange,
      reserves: settings.schedulerReserves,
      quotas: settings.quotas,
    },
    dataKey: settings.dataKey,
    clock: host.clock,
  });
  host.onClose('past', async () => await past.stop());
  return { ask: async (request) => await past.ask(request) };
}

/** Selects only the settings that routes read, because they are copied to a thread. */
function settingsOf({
  quotas,
  surfaces,
  openExecution,
  nodeTimeoutSeconds,
}: ServerParts['settings']): ServerParts['settings'] {
  return {
    host: '0.0.0.0',
    joinToken: undefined,
    testApiKey: undefined,
    surfaces,
    ...(quotas !== undefined && { quotas }),
    ...(openExecution !== undefined && { openExecution }),
    ...(nodeTimeoutSeconds !== undefined && { nodeTimeoutSeconds }),
  };
}
