import { startScheduler, type DryRuns, type RunningScheduler } from '#src/fleet/scheduler/index.js';
import type { Closing } from './closing.js';
import type { EventLog } from './event-log.js';
import { processIds } from './process-ids.js';
import type { Settings } from './settings/settings.js';

/** Dry runs use this server's scheduler. Without that role, the first dry run starts a thread that only folds the log, from its beginning. */
export function openDryRuns(
  settings: Pick<Settings, 'portRange' | 'schedulerReserves' | 'quotas'>,
  [own]: readonly RunningScheduler[],
  log: EventLog,
  closing: Closing,
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
    // After a failure, the next dry run starts a new thread.
    void started.fatal.then(() => {
      follower = undefined;
    });
    return (follower = started);
  };
  closing.add('dry-runs', async () => await follower?.stop());
  return {
    ask: async (asked) => await (own ?? followed()).dryRun(asked, await log.store.head()),
    quotaUsage: async (holders) => await (own ?? followed()).quotaUsage(holders, await log.store.head()),
  };
}
