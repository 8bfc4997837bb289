import type { Clock } from '#domain/kernel/ports/clock.js';
import type { SchedulerMetrics, SchedulerTimings } from '#src/fleet/scheduler/index.js';
import type { Metrics, Sample } from '#src/engine/metrics/index.js';

export interface SchedulerSource {
  readonly schedulers: readonly {
    metrics(): SchedulerMetrics | undefined;
    timings(): SchedulerTimings | undefined;
  }[];
  readonly clock: Pick<Clock, 'now'>;
}

/** What the schedulers of this process see and do, about a second old. Every server sees the same cluster: aggregate with max, not sum. */
export function schedulerMetrics(metrics: Metrics, { schedulers, clock }: SchedulerSource): void {
  const known = (): {
    readonly scheduler: string;
    readonly now: SchedulerMetrics;
    readonly timings: SchedulerTimings;
  }[] =>
    schedulers.flatMap((each, index) => {
      const [now, timings] = [each.metrics(), each.timings()];
      return now === undefined || timings === undefined ? [] : [{ scheduler: String(index), now, timings }];
    });
  const each = (value: (now: SchedulerMetrics, timings: SchedulerTimings) => number): Sample[] =>
    known().map(({ scheduler, now, timings }) => ({ labels: { scheduler }, value: value(now, timings) }));

  metrics.gauge('muster_jobs_blocked', 'Jobs that wait because nothing fits.', () =>
    each((_now, { evaluations }) => evaluations.blocked),
  );
  metrics.gauge(
    'muster_jobs_live',
    'Jobs with something left to place, to stop, to wait for or to answer.',
    () => each(({ jobs }) => jobs),
  );
  metrics.gauge(
    'muster_evaluations_pending',
    'Jobs that a command changed and no evaluation has answered yet.',
    () => each((_now, { evaluations }) => evaluations.pending),
  );
  metrics.gauge(
    'muster_evaluation_oldest_age_seconds',
    'For how long the oldest of the jobs that no evaluation has answered has waited; 0: none waits.',
    () =>
      each((_now, { evaluations: { oldest } }) =>
        oldest === undefined ? 0 : Math.max(0, clock.now() - oldest) / 1000,
      ),
  );
  metrics.durations(
    'muster_evaluation_duration_seconds',
    'From a command about a job to the evaluation that answers it, of those that this scheduler appended.',
    () =>
      known().map(({ scheduler, timings }) => ({
        labels: { scheduler },
        snapshot: timings.evaluations.durations,
      })),
  );
  metrics.gauge('muster_scheduler_caught_up', '1 once a scheduler has folded the log.', () =>
    each(({ caughtUp }) => Number(caughtUp)),
  );
  metrics.gauge('muster_scheduler_standing_by', '1 while another scheduler is at work.', () =>
    each(({ standingBy }) => Number(standingBy)),
  );
  metrics.gauge(
    'muster_scheduler_jobs_set_aside',
    'Jobs that cannot be planned because of a defect of ours, as far as named (at most 10); /readyz?verbose names them.',
    () => each(({ setAside }) => Object.keys(setAside).length),
  );
  metrics.gauge(
    'muster_foreign_events',
    'Events in streams of Muster that somebody else wrote; every fold passes them by.',
    () => each(({ foreign }) => foreign.count),
  );
  metrics.counter('muster_scheduler_plans_total', 'Plans appended.', () => each(({ appends }) => appends));
  metrics.counter('muster_scheduler_planned_events_total', 'Events of the plans appended.', () =>
    each(({ planned }) => planned),
  );
  metrics.counter('muster_scheduler_conflicts_total', 'Plans that another scheduler came before.', () =>
    each(({ conflicts }) => conflicts),
  );
  metrics.counter(
    'muster_scheduler_refusals_total',
    'Plans that the event store took no notice of: full or busy.',
    () => each(({ refusals }) => refusals),
  );
  metrics.counter(
    'muster_scheduler_snapshot_failures_total',
    'Snapshots that could not be written; the next start folds more.',
    () => each(({ snapshotFailures }) => snapshotFailures),
  );
}
