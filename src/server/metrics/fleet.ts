import type { PlacedNode, Placement } from '#domain/scheduling/dispatch/placement.js';
import type { LivenessStatus } from '#src/fleet/liveness/index.js';
import type { Metrics } from '#src/engine/metrics/index.js';

export interface FleetSource {
  readonly placements: { readonly state: { readonly nodes: ReadonlyMap<string, PlacedNode> } };
  /** Undefined if this process does not have the liveness role. */
  readonly liveness: { status(): LivenessStatus } | undefined;
}

/** Nodes per step: scanning 100,000 allocations at once would delay requests by some milliseconds. */
const NODES_PER_STEP = 200;

/** Nodes and their placements, from this server's own fold. Every server reports the same cluster: aggregate with max, not sum. */
export function fleetMetrics(metrics: Metrics, { placements, liveness }: FleetSource): void {
  const { state } = placements;
  metrics.gauge(
    'muster_nodes',
    'Nodes by state; held: silent for longer than the timeout, and not declared down because too many are at once.',
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
    'muster_allocations',
    'Allocations that the plan log has placed and that may still run, by status.',
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
  metrics.counter('muster_liveness_nodes_marked_down_total', 'Nodes that this server declared down.', () => [
    { value: liveness.status().markedDown },
  ]);
  metrics.counter(
    'muster_liveness_stalls_total',
    'Times that this server itself did not run for a while, and gave every node a new full timeout.',
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
