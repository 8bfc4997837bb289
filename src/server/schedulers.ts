import type { Settings } from './settings/settings.js';
import { startScheduler, type RunningScheduler } from '#src/fleet/scheduler/index.js';
import type { Closing } from './closing.js';
import type { EventLog } from './event-log.js';
import { processIds } from './process-ids.js';

/** Starts the scheduler threads if this server has that role. The first one writes the snapshots. */
export function startSchedulers(
  settings: Pick<Settings, 'roles' | 'schedulers' | 'portRange' | 'schedulerReserves' | 'quotas'>,
  directory: string,
  log: EventLog,
  closing: Closing,
): readonly RunningScheduler[] {
  if (!settings.roles.includes('scheduler')) return [];
  const schedulers = Array.from({ length: settings.schedulers }, (_, index) =>
    startScheduler({
      eventStoreHandle: log.handle(),
      instance: processIds.uuid(),
      portRange: settings.portRange,
      reserves: settings.schedulerReserves,
      quotas: settings.quotas,
      ...(index === 0 && { directory }),
    }),
  );
  closing.add(
    'schedulers',
    async () => void (await Promise.all(schedulers.map((scheduler) => scheduler.stop()))),
  );
  return schedulers;
}
