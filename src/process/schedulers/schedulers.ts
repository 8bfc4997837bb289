import type { RoleSettings } from '../host/roles.js';
import type { QuotaSettings } from '../accounts/quota-settings.js';
import type { SchedulerSettings } from './settings.js';
import { plural } from '#domain/kernel/plural.js';
import { startScheduler, type RunningScheduler } from '#src/fleet/scheduler/index.js';
import { unlessUnknownEvent } from '../host/failure.js';
import type { ServerHost } from '../host/server-host.js';
import type { ReadinessCheck } from '#src/http/index.js';
import { appendMetrics } from '../host/append-metrics.js';
import { queueMetrics } from '../host/queue-metrics.js';
import type { EventLog } from '../event-log/event-log.js';
import { schedulerMetrics } from './metrics.js';
import { processIds } from '../host/process-ids.js';

export function startSchedulers(
  host: ServerHost,
  settings: RoleSettings & SchedulerSettings & QuotaSettings,
  log: EventLog,
): readonly RunningScheduler[] {
  if (!settings.roles.includes('scheduler')) return [];
  const { directory, clock } = host;
  const schedulers = Array.from({ length: settings.schedulers }, (_, index) =>
    startScheduler({
      eventStoreHandle: log.handle(),
      instance: processIds.uuid(),
      portRange: settings.portRange,
      reserves: settings.schedulerReserves,
      quotas: settings.quotas,
      runStarts: settings.waitingRunStarts,
      ...(index === 0 && { directory }),
    }),
  );
  host.onClose(
    'schedulers',
    async () => void (await Promise.all(schedulers.map((scheduler) => scheduler.stop()))),
  );
  for (const { fatal } of schedulers) host.endOn(unlessUnknownEvent(fatal));
  host.check(() => ({
    name: 'schedulers',
    ok: schedulers.some((scheduler) => scheduler.problem() === undefined),
    detail: schedulers.map(detailOf).join('; '),
  }));
  host.check(() => checkOfForeignEvents(schedulers));
  host.measure((metrics) => {
    schedulerMetrics(metrics, { schedulers, clock });
    for (const [index, scheduler] of schedulers.entries())
      appendMetrics(
        metrics,
        index === 0 ? 'scheduler' : `scheduler-${index + 1}`,
        () => scheduler.timings()?.appends ?? {},
      );
    queueMetrics(metrics, () => ({
      scheduler: Math.max(...schedulers.map((scheduler) => scheduler.metrics()?.queued ?? 0)),
    }));
  });
  return schedulers;
}

function detailOf(scheduler: RunningScheduler): string {
  const problem = scheduler.problem();
  if (problem !== undefined) return problem;
  const metrics = scheduler.metrics();
  if (metrics === undefined) return 'starting';
  const { position, caughtUp, standingBy, nodes, jobs, allocations, queued, snapshotFailures } = metrics;
  const setAside = Object.entries(metrics.setAside);
  return [
    `${standingBy ? 'standby at' : caughtUp ? '' : 'catching up at'} position ${position}`.trim(),
    plural(nodes, 'node'),
    plural(jobs, 'job'),
    plural(allocations, 'allocation'),
    `${queued} queued`,
    ...setAside.map(([job, reason]) => `job ${job} is set aside: ${reason}`),
    ...(snapshotFailures === 0 ? [] : [plural(snapshotFailures, 'failed snapshot')]),
  ].join(', ');
}

function checkOfForeignEvents(schedulers: readonly RunningScheduler[]): ReadinessCheck {
  const { count, newest } = schedulers
    .map((scheduler) => scheduler.metrics()?.foreign)
    .find((foreign) => foreign !== undefined) ?? { count: 0, newest: null };
  return {
    name: 'foreign-events',
    ok: true,
    detail:
      newest === null
        ? "none in Muster's streams"
        : `${count} in Muster's streams, ignored; the latest is ${newest}`,
  };
}
