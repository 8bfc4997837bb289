import { startDecisions, type DecisionReads } from '#src/fleet/scheduler/index.js';
import type { ServerHost } from '../host/server-host.js';
import type { EventLog } from '../event-log/event-log.js';
import type { QuotaSettings } from '../accounts/quota-settings.js';
import type { SchedulerSettings } from './settings.js';

/** Repeats scheduler decisions in a thread that is started by the first question. */
export function openDecisions(
  host: ServerHost,
  settings: SchedulerSettings & QuotaSettings,
  log: EventLog,
): DecisionReads {
  const decisions = startDecisions({
    eventStoreHandle: () => log.handle(),
    directory: host.directory,
    portRange: settings.portRange,
    reserves: settings.schedulerReserves,
    quotas: settings.quotas,
  });
  host.onClose('decisions', async () => await decisions.stop());
  return decisions;
}
