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

/** Every server reports the whole cluster: aggregate with max, not sum. */
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

  metrics.gauge('muster_jobs_blocked', 'Jobs that are blocked because they cannot be placed now.', () =>
    each((_now, { evaluations }) => evaluations.blocked),
  );
  metrics.gauge('muster_jobs_live', 'Jobs with something left to place, stop, wait for or evaluate.', () =>
    each(({ jobs }) => jobs),
  );
  metrics.gauge('muster_evaluations_pending', 'Number of changed jobs waiting to be evaluated.', () =>
    each((_now, { evaluations }) => evaluations.pending),
  );
  metrics.gauge(
    'muster_evaluation_oldest_age_seconds',
    'How long the longest-waiting job has waited for its evaluation; 0 if none is waiting.',
    () =>
      each((_now, { evaluations: { oldest } }) =>
        oldest === undefined ? 0 : Math.max(0, clock.now() - oldest) / 1000,
      ),
  );
  metrics.durations(
    'muster_evaluation_duration_seconds',
    'Time from a command about a job to its evaluation, for evaluations appended by this scheduler.',
    () =>
      known().map(({ scheduler, timings }) => ({
        labels: { scheduler },
        snapshot: timings.evaluations.durations,
      })),
  );
  metrics.gauge('muster_scheduler_caught_up', '1 once this scheduler has folded the log.', () =>
    each(({ caughtUp }) => Number(caughtUp)),
  );
  metrics.gauge('muster_scheduler_standing_by', '1 while this scheduler is a standby.', () =>
    each(({ standingBy }) => Number(standingBy)),
  );
  metrics.gauge(
    'muster_scheduler_jobs_set_aside',
    'Jobs that cannot be planned because of a defect in Muster; at most 10 are counted. /readyz?verbose lists them.',
    () => each(({ setAside }) => Object.keys(setAside).length),
  );
  metrics.gauge('muster_foreign_events', "Foreign events in Muster's streams. They are ignored.", () =>
    each(({ foreign }) => foreign.count),
  );
  metrics.counter('muster_scheduler_plans_total', 'Plans appended.', () => each(({ appends }) => appends));
  metrics.counter('muster_scheduler_planned_events_total', 'Events in the appended plans.', () =>
    each(({ planned }) => planned),
  );
  metrics.counter(
    'muster_scheduler_conflicts_total',
    'Plans discarded because another scheduler appended first.',
    () => each(({ conflicts }) => conflicts),
  );
  metrics.counter(
    'muster_scheduler_refusals_total',
    'Plans that the event store refused because it was full or busy.',
    () => each(({ refusals }) => refusals),
  );
  metrics.counter(
    'muster_scheduler_snapshot_failures_total',
    'Snapshots that could not be written. The next start folds more events.',
    () => each(({ snapshotFailures }) => snapshotFailures),
  );
}
