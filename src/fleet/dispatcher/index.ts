import pLimit from 'p-limit';
import type { PlacementChange } from '#domain/scheduling/dispatch/placements.js';
import type { Shared } from './calls.js';
import { NodeQueue } from './node-queue.js';
import type { DispatcherMetrics, DispatcherOptions } from './options.js';
import type { Pools } from './priority-queue.js';
import type { AgentCallQueuePools } from './agent-call-queue.js';

export type { Delays, DispatcherOptions } from './options.js';

export interface Dispatcher {
  readonly ready: Promise<void>;
  metrics(): Readonly<DispatcherMetrics> & {
    readonly busyNodes: number;
    readonly suspectNodes: number;
    readonly callsUnderWay: number;
    readonly callsQueued: number;
  };
  stop(graceMs?: number): Promise<void>;
}

/**
 * Sends orders to agents and records the results. The placements determine what to do, and no state survives a restart: an order without an
 * acknowledgement in the log is then treated as sent with an unknown outcome.
 */
export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const { clock, placements, telemetry } = options;
  const stopping = new AbortController();
  const metrics: DispatcherMetrics = {
    orders: 0,
    accepted: 0,
    rejected: 0,
    unknown: 0,
    asked: 0,
    stops: 0,
    stopped: 0,
    lost: 0,
    strays: 0,
    unrecorded: 0,
  };
  const pools: Pools = { running: poolsOf(options), ending: poolsOf(options) };
  const all = [
    pools.running.answering,
    pools.running.suspects,
    pools.ending.answering,
    pools.ending.suspects,
  ];
  const shared: Shared = { ...options, signal: stopping.signal, metrics, pools };
  const queues = new Map<string, NodeQueue>();
  const endings: (() => void)[] = [];

  function queueOf(nodeId: string): NodeQueue | undefined {
    const node = placements.state.nodes.get(nodeId);
    const known = queues.get(nodeId);
    if (node === undefined || known?.node === node) return known;
    const queue = new NodeQueue(node, shared);
    queues.set(nodeId, queue);
    return queue;
  }

  function changed(change: PlacementChange): void {
    if (change.kind === 'cleared') {
      for (const queue of queues.values()) void queue.end();
      queues.clear();
    }
    if (change.kind === 'node' && !placements.state.nodes.has(change.nodeId)) {
      void queues.get(change.nodeId)?.end();
      queues.delete(change.nodeId);
    }
    if (change.kind === 'node') queueOf(change.nodeId)?.lookAtNode();
    if (change.kind === 'allocation') queueOf(change.nodeId)?.look(change.allocationId);
  }

  async function begin(): Promise<void> {
    const startedAt = clock.monotonic();
    await placements.ready;
    if (stopping.signal.aborted) return;
    for (const nodeId of placements.state.nodes.keys()) queueOf(nodeId)?.adopt(startedAt);
    endings.push(placements.onChange(changed));
    if (options.lists !== undefined)
      endings.push(options.lists.onGiven((nodeId, ids) => queueOf(nodeId)?.given(ids)));
    endings.push(
      telemetry.onHeard((nodeId, _heard, { listed, newest }) => {
        const node = placements.state.nodes.get(nodeId);
        if (newest && node !== undefined && node.allocations.size + (listed?.length ?? 0) > 0)
          queueOf(nodeId)?.heard(listed);
      }),
    );
  }

  const ready = begin();
  return {
    ready,
    metrics: () => {
      const nodes = [...queues.values()];
      return {
        ...metrics,
        busyNodes: nodes.filter((queue) => queue.busy).length,
        suspectNodes: nodes.filter((queue) => queue.suspect).length,
        callsUnderWay: all.reduce((sum, pool) => sum + pool.activeCount, 0),
        callsQueued: all.reduce((sum, pool) => sum + pool.pendingCount, 0),
      };
    },
    async stop(graceMs = 2000) {
      stopping.abort();
      for (const end of endings) end();
      const over = new AbortController();
      const idle = Promise.all([...queues.values()].map((queue) => queue.end())).then(() => over.abort());
      await Promise.race([idle, clock.sleep(graceMs, over.signal)]);
    },
  };
}

function poolsOf({ calls = 256, suspectCalls = 64 }: DispatcherOptions): AgentCallQueuePools {
  return { answering: pLimit(calls), suspects: pLimit(suspectCalls) };
}
