import type { ClearSagaStatus } from '#src/fleet/clear.js';
import type { Dispatcher } from '#src/fleet/dispatcher/index.js';
import type { SchedulerMetrics } from '#src/fleet/scheduler/index.js';
import type { AppendDurations, Metrics, Sample } from '#src/engine/metrics/index.js';

export interface QueueSource {
  readonly commandsUnderWay: (() => number) | undefined;
  readonly appends: AppendDurations | undefined;
  readonly dispatcher: Pick<Dispatcher, 'metrics'> | undefined;
  readonly dispatches: (() => boolean) | undefined;
  readonly clearSaga: { status(): ClearSagaStatus } | undefined;
  readonly schedulers: readonly { metrics(): SchedulerMetrics | undefined }[];
}

/** All bounded queues of this server and their processing. A queue that stays long shows the bottleneck. */
export function queueMetrics(
  metrics: Metrics,
  { commandsUnderWay, appends, dispatcher, dispatches, clearSaga, schedulers }: QueueSource,
): void {
  metrics.gauge(
    'muster_queue_length',
    'What is under way or waits. executor: commands; writer: appends of this thread that the event store has not answered; dispatcher_*: calls to agents; scheduler: jobs to look at; clear: allocations from before a clear, not yet stopped.',
    () => {
      const lengths: Record<string, number> = {};
      if (commandsUnderWay !== undefined) Object.assign(lengths, { executor: commandsUnderWay() });
      if (appends !== undefined) Object.assign(lengths, { writer: appends.underWay });
      if (dispatcher !== undefined) {
        const { callsUnderWay, callsQueued } = dispatcher.metrics();
        Object.assign(lengths, { dispatcher_calls: callsUnderWay, dispatcher_waiting: callsQueued });
      }
      if (clearSaga !== undefined) Object.assign(lengths, { clear: clearSaga.status().orphans });
      const queued = schedulers.map((scheduler) => scheduler.metrics()?.queued ?? 0);
      if (queued.length > 0) Object.assign(lengths, { scheduler: Math.max(...queued) });
      return Object.entries(lengths).map(([queue, value]) => ({ labels: { queue }, value }));
    },
  );
  if (dispatcher === undefined) return;
  metrics.gauge(
    'muster_dispatcher_at_work',
    '1 where this server dispatches, 0 while it stands by for another that does.',
    () => [{ value: dispatches?.() === false ? 0 : 1 }],
  );
  metrics.counter(
    'muster_dispatcher_calls_total',
    'Orders to agents and their answers, by kind; unknown: an agent did not answer; unrecorded: the log could not take the answer.',
    (): Sample[] => {
      const {
        busyNodes: _busy,
        suspectNodes: _suspect,
        callsUnderWay: _underWay,
        callsQueued: _queued,
        ...counts
      } = dispatcher.metrics();
      return Object.entries(counts).map(([kind, value]) => ({ labels: { kind }, value }));
    },
  );
  metrics.gauge(
    'muster_dispatcher_nodes',
    'Nodes with which the dispatcher has something under way (busy), or whose agent did not answer the last call (suspect).',
    () => {
      const { busyNodes, suspectNodes } = dispatcher.metrics();
      return [
        { labels: { state: 'busy' }, value: busyNodes },
        { labels: { state: 'suspect' }, value: suspectNodes },
      ];
    },
  );
}
