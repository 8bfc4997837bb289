import type { ClusterState } from '../state/cluster-state.js';
import { isLacking } from '../feasibility/fit.js';
import type { Shape } from '../feasibility/shape.js';
import type { SameJob } from './placement.js';
import { ruledOut } from './reasons.js';
import { scoreNode } from './score.js';

/** What one node is for a group. */
export interface NodeLook {
  readonly nodeId: string;
  readonly verdict: 'fits' | 'exhausted' | 'filtered';
  /** Of a node that fits, 0..1: the fuller after the placement the higher, lower where the job has allocations already. */
  readonly score?: number;
  /** The first filter that removes it, as reasons name it: `driver docker`, `unschedulable` … */
  readonly filter?: string;
  /** What it lacks, and by how much. */
  readonly short?: Readonly<Record<string, number>>;
}

const ORDER = { fits: 0, exhausted: 1, filtered: 2 } as const;

/** All registered nodes: those that fit by their score, then those that lack something, then those that a filter removes. */
export function lookAtNodes(state: ClusterState, shape: Shape, sameJob: SameJob, count: number): NodeLook[] {
  const looks: NodeLook[] = [];
  state.nodes.forEach((node, index) => {
    if (node.facts === undefined) return;
    const filter = ruledOut(state, shape, node, index);
    if (filter !== undefined) {
      looks.push({ nodeId: node.id, verdict: 'filtered', filter });
      return;
    }
    const short: Record<string, number> = {};
    const lacking = isLacking(state.ledger, index, shape.demand, (dimension, by) => {
      short[dimension] = by;
    });
    if (lacking) looks.push({ nodeId: node.id, verdict: 'exhausted', short });
    else looks.push({ nodeId: node.id, verdict: 'fits', score: scoreNode(state.ledger, index, shape.demand, sameJob.on(index), count) });
  });
  return looks.sort((one, other) => ORDER[one.verdict] - ORDER[other.verdict] || (other.score ?? 0) - (one.score ?? 0) || (one.nodeId < other.nodeId ? -1 : 1));
}
