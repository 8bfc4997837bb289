import type { Metrics } from '#src/engine/metrics/index.js';
import type { WorkStatus } from '#src/fleet/owned-work/index.js';

export function ownedWorkMetrics(metrics: Metrics, statuses: () => readonly WorkStatus[]): void {
  const each = (value: (status: WorkStatus) => number) =>
    statuses().map((status) => ({ labels: { work: status.work }, value: value(status) }));
  metrics.gauge(
    'muster_owned_work_due',
    'Work items that are due: jobs to begin, update, stop or forget, and schedule slots or ended jobs to process.',
    () => each(({ due }) => due),
  );
  metrics.gauge('muster_owned_work_late_seconds', 'How long the longest-waiting item has been due.', () =>
    each(({ lateSeconds }) => lateSeconds),
  );
  metrics.gauge(
    'muster_owned_work_parked',
    'Items that failed repeatedly and are now retried rarely. The log shows the reason.',
    () => each(({ parked }) => parked),
  );
  metrics.counter('muster_owned_work_failures_total', 'Failed attempts to process an item.', () =>
    each(({ failures }) => failures),
  );
  metrics.counter(
    'muster_owned_work_steps_total',
    'Steps taken for items, by step. settle: an event was recorded in the stream of the item.',
    () =>
      statuses().flatMap(({ work, steps }) =>
        Object.entries(steps).map(([step, value]) => ({ labels: { work, step }, value })),
      ),
  );
}
