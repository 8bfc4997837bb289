import { startScheduler, type DryRuns, type RunningScheduler } from '#src/fleet/scheduler/index.js';
import type { ServerHost } from '../host/server-host.js';
import type { EventLog } from '../event-log/event-log.js';
import { processIds } from '../host/process-ids.js';
import type { QuotaSettings } from '../accounts/quota-settings.js';
import type { SchedulerSettings } from './settings.js';

/** Dry runs use this server's scheduler. Without the role `scheduler`, the first dry run starts a thread that folds the log from its beginning. */
export function openDryRuns(
  host: ServerHost,
  settings: SchedulerSettings & QuotaSettings,
  [own]: readonly RunningScheduler[],
  log: EventLog,
): DryRuns {
  let follower: RunningScheduler | undefined;
  const followed = (): RunningScheduler => {
    if (follower !== undefined) return follower;
    const started = startScheduler({
      eventStoreHandle: log.handle(),
      instance: processIds.uuid(),
      portRange: settings.portRange,
      reserves: settings.schedulerReserves,
      quotas: settings.quotas,
      plans: false,
    });
    void started.fatal.then(() => {
      follower = undefined;
    });
    return (follower = started);
  };
  host.onClose('dry-runs', async () => await follower?.stop());
  return {
    ask: async (asked) => await (own ?? followed()).dryRun(asked, await log.store.head()),
    quotaUsage: async (holders) => await (own ?? followed()).quotaUsage(holders, await log.store.head()),
  };
}
