import { startWhatIf, type WhatIfReads } from '#src/features/what-if/index.js';
import type { ServerHost } from '../host/server-host.js';
import type { EventLog } from '../event-log/event-log.js';
import type { QuotaSettings } from '../accounts/quota-settings.js';
import type { SchedulerSettings } from './settings.js';

/** Simulates changes in a thread that is started by the first question. */
export function openWhatIf(
  host: ServerHost,
  settings: SchedulerSettings & QuotaSettings,
  log: EventLog,
): WhatIfReads {
  const whatIf = startWhatIf({
    eventStoreHandle: () => log.handle(),
    clock: host.clock,
    directory: host.directory,
    portRange: settings.portRange,
    reserves: settings.schedulerReserves,
    quotas: settings.quotas,
  });
  host.onClose('what-if', async () => await whatIf.stop());
  return whatIf;
}
