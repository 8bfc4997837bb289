import type { Metrics, Sample } from '#src/engine/metrics/index.js';
import { queueMetrics } from '../host/queue-metrics.js';
import type { Dispatch } from './dispatch.js';

export function dispatchMetrics(metrics: Metrics, { dispatcher, clearSaga, atWork }: Dispatch): void {
  queueMetrics(metrics, () => {
    const { callsUnderWay, callsQueued } = dispatcher.metrics();
    return {
      dispatcher_calls: callsUnderWay,
      dispatcher_waiting: callsQueued,
      clear: clearSaga.status().orphans,
    };
  });
  metrics.gauge(
    'muster_dispatcher_at_work',
    '1 while this server dispatches, 0 while it is a standby.',
    () => [{ value: Number(atWork()) }],
  );
  metrics.counter(
    'muster_dispatcher_calls_total',
    'Orders to agents and their responses, by kind. unknown: the agent did not respond. unrecorded: the response could not be written to the log.',
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
    'Nodes with dispatcher calls in progress (busy), and nodes whose agent did not respond to the last call (suspect).',
    () => {
      const { busyNodes, suspectNodes } = dispatcher.metrics();
      return [
        { labels: { state: 'busy' }, value: busyNodes },
        { labels: { state: 'suspect' }, value: suspectNodes },
      ];
    },
  );
}
