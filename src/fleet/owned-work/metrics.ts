import type { Metrics } from '#src/engine/metrics/index.js';
import type { WorkStatus } from './loop.js';

export function ownedWorkMetrics(metrics: Metrics, statuses: () => readonly WorkStatus[]): void {
  const each = (value: (status: WorkStatus) => number) =>
    statuses().map((status) => ({ labels: { work: status.work }, value: value(status) }));
  metrics.gauge(
    'muster_owned_work_due',
    'Work items of a surface of which something is due: a job to be begun, changed, stopped or forgotten, a slot or an end to be decided.',
    () => each(({ due }) => due),
  );
  metrics.gauge(
    'muster_owned_work_late_seconds',
    'For how long the item that waits longest has been due.',
    () => each(({ lateSeconds }) => lateSeconds),
  );
  metrics.gauge(
    'muster_owned_work_parked',
    'Items that failed again and again: they are tried seldom, and the log says why.',
    () => each(({ parked }) => parked),
  );
  metrics.counter('muster_owned_work_failures_total', 'Tries to deal with an item that failed.', () =>
    each(({ failures }) => failures),
  );
  metrics.counter(
    'muster_owned_work_steps_total',
    'What was done about items, by step; settle: their own stream was told something.',
    () =>
      statuses().flatMap(({ work, steps }) =>
        Object.entries(steps).map(([step, value]) => ({ labels: { work, step }, value })),
      ),
  );
}
