import { NODE_FAULTS, type PlacedNode, type Placement } from '#domain/scheduling/dispatch/placement.js';
import type { LivenessStatus } from '#src/fleet/liveness/index.js';
import type { Metrics } from '#src/engine/metrics/index.js';

export interface FleetSource {
  readonly placements: { readonly state: { readonly nodes: ReadonlyMap<string, PlacedNode> } };
  readonly liveness: { status(): LivenessStatus } | undefined;
}

/** Number of nodes scanned before yielding. Scanning 100,000 allocations in one go would delay requests by a few milliseconds. */
const NODES_PER_STEP = 200;

/** Nodes and placements of the whole cluster. Every server reports them: aggregate with max, not sum. */
export function fleetMetrics(metrics: Metrics, { placements, liveness }: FleetSource): void {
  const { state } = placements;
  metrics.gauge(
    'muster_nodes',
    'Nodes by state. held: no heartbeat within the timeout, but not marked down because too many nodes are silent at the same time.',
    () => {
      let down = 0;
      for (const node of state.nodes.values()) if (node.down) down += 1;
      const held = liveness?.status().heldCount ?? 0;
      return [
        { labels: { state: 'up' }, value: state.nodes.size - down - held },
        { labels: { state: 'held' }, value: held },
        { labels: { state: 'down' }, value: down },
      ];
    },
  );
  metrics.gauge(
    'muster_nodes_with_faults',
    'Nodes that get no new work of a kind, because several starts in a row failed because of the node.',
    () =>
      NODE_FAULTS.map((kind) => {
        let value = 0;
        for (const { faults } of state.nodes.values()) if (faults.includes(kind)) value += 1;
        return { labels: { kind }, value };
      }),
  );
  metrics.gauge(
    'muster_allocations',
    'Placed allocations that may still be running, by status.',
    async () => {
      const counts = { pending: 0, running: 0, stopping: 0, ended: 0, lost: 0 };
      let looked = 0;
      for (const node of state.nodes.values()) {
        for (const placement of node.allocations.values()) counts[statusOf(placement)] += 1;
        looked += 1;
        if (looked % NODES_PER_STEP === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      return Object.entries(counts).map(([status, value]) => ({ labels: { status }, value }));
    },
  );
  if (liveness === undefined) return;
  metrics.counter('muster_liveness_nodes_marked_down_total', 'Nodes that this server marked down.', () => [
    { value: liveness.status().markedDown },
  ]);
  metrics.counter(
    'muster_liveness_stalls_total',
    'Number of times that this server itself stalled and then restarted the timeout of every node.',
    () => [{ value: liveness.status().stalls }],
  );
}

function statusOf({
  ended,
  released,
  stopRequested,
  started,
}: Placement): 'pending' | 'running' | 'stopping' | 'ended' | 'lost' {
  if (ended) return 'ended';
  if (released) return 'lost';
  if (stopRequested) return 'stopping';
  return started ? 'running' : 'pending';
}
