import type { SchedulerTimings } from '#src/fleet/scheduler/index.js';
import {
  APPEND_OUTCOMES,
  type AppendDurations,
  type AppendSnapshots,
  type Metrics,
} from '#src/engine/metrics/index.js';

export interface AppendSource {
  /** Appends by this thread (commands and sagas). Undefined if it makes none. */
  readonly appends: AppendDurations | undefined;
  readonly schedulers: readonly { timings(): SchedulerTimings | undefined }[];
}

/** How long the event store takes to make events durable, and how often an append conflicted. */
export function appendMetrics(metrics: Metrics, { appends, schedulers }: AppendSource): void {
  const all = (): { readonly by: string; readonly snapshots: AppendSnapshots }[] => [
    ...(appends === undefined ? [] : [{ by: 'commands', snapshots: appends.snapshots() }]),
    ...schedulers.map((scheduler, index) => ({
      by: index === 0 ? 'scheduler' : `scheduler-${index + 1}`,
      snapshots: scheduler.timings()?.appends ?? {},
    })),
  ];
  metrics.durations(
    'muster_event_store_append_duration_seconds',
    'Appends, from the call until the store has made them durable or refused them, by what became of them.',
    () =>
      all().flatMap(({ by, snapshots }) =>
        APPEND_OUTCOMES.flatMap((outcome) => {
          const snapshot = snapshots[outcome];
          return snapshot === undefined ? [] : [{ labels: { by, outcome }, snapshot }];
        }),
      ),
  );
  metrics.counter(
    'muster_event_store_conflicts_total',
    'Appends that another append to the stream came before; each is decided anew.',
    () =>
      all().map(({ by, snapshots }) => ({
        labels: { by },
        value: snapshots.conflict?.counts.reduce((sum, count) => sum + count, 0) ?? 0,
      })),
  );
}
