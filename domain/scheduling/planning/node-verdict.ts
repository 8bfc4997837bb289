import type { ClusterState } from '../state/cluster-state.js';
import { isLacking } from '../feasibility/fit.js';
import type { Shape } from '../feasibility/shape.js';
import { RESERVED } from '../../plan-log/reserved.js';
import type { SameJob } from './placement.js';
import { ruledOut } from './reasons.js';
import { scoreNode } from './score.js';

/** What one node is for a group. */
export interface NodeVerdict {
  readonly nodeId: string;
  /** `keeps`: instances of the group are there and stay, and it lacks something for one more. */
  readonly verdict: 'fits' | 'keeps' | 'exhausted' | 'filtered';
  /** Instances of the group that are there and stay; absent: none. */
  readonly kept?: number;
  /** Of a node that fits, 0..1: the fuller after the placement the higher, lower where the job has allocations already. */
  readonly score?: number;
  /** The first filter that removes it, as reasons name it: `driver docker`, `unschedulable` … */
  readonly filter?: string;
  /** What it lacks, and by how much. */
  readonly short?: Readonly<Record<string, number>>;
}

const ORDER = { fits: 0, keeps: 1, exhausted: 2, filtered: 3 } as const;

/** What a job has that stays, by node: all of it, and what is of the group. */
export interface Staying {
  readonly ofJob: SameJob;
  readonly ofGroup: SameJob;
}

/** What is wanted there. */
interface VerdictContext {
  /** Instances that the group has. */
  readonly count: number;
  /** Nodes that are kept for others. */
  readonly isExcluded: ((node: number) => boolean) | undefined;
}

/** All registered nodes: those that fit by their score, then those that lack something, then those that a filter removes. */
export function nodeVerdicts(state: ClusterState, shape: Shape, { ofJob, ofGroup }: Staying, { count, isExcluded }: VerdictContext): NodeVerdict[] {
  const looks: NodeVerdict[] = [];
  state.nodes.forEach((node, index) => {
    if (node.facts === undefined) return;
    const kept = ofGroup.on(index) > 0 ? { kept: ofGroup.on(index) } : {};
    const filter = ruledOut(state, shape, node, index);
    if (filter !== undefined) {
      looks.push({ nodeId: node.id, verdict: 'filtered', filter, ...kept });
      return;
    }
    const short: Record<string, number> = {};
    const reserved = isExcluded?.(index) === true;
    const lacking = isLacking(state.ledger, index, shape.demand, (dimension, by) => {
      short[dimension] = by;
    });
    if (!lacking && reserved) short[RESERVED] = 1;
    if (lacking || reserved) looks.push({ nodeId: node.id, verdict: 'kept' in kept ? 'keeps' : 'exhausted', short, ...kept });
    else looks.push({ nodeId: node.id, verdict: 'fits', score: scoreNode(state.ledger, index, shape.demand, ofJob.on(index), count), ...kept });
  });
  return looks.sort((one, other) => ORDER[one.verdict] - ORDER[other.verdict] || (other.score ?? 0) - (one.score ?? 0) || (one.nodeId < other.nodeId ? -1 : 1));
}
