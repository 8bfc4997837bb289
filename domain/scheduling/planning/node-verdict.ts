import type { ClusterState } from '../state/cluster-state.js';
import { isLacking } from '../feasibility/fit.js';
import type { Shape } from '../feasibility/shape.js';
import { RESERVED } from '../plan-log/reserved.js';
import { lacksFreePorts } from '../state/taken-ports.js';
import type { SameJob } from './placement.js';
import { ruledOut } from './reasons.js';
import { scoreNode } from './score.js';

export interface NodeVerdict {
  readonly nodeId: string;
  readonly verdict: 'fits' | 'keeps' | 'exhausted' | 'filtered';
  readonly kept?: number;
  readonly score?: number;
  readonly filter?: string;
  readonly short?: Readonly<Record<string, number>>;
}

const ORDER = { fits: 0, keeps: 1, exhausted: 2, filtered: 3 } as const;

export interface Staying {
  readonly ofJob: SameJob;
  readonly ofGroup: SameJob;
}

interface VerdictContext {
  readonly count: number;
  readonly isExcluded: ((node: number) => boolean) | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function nodeVerdicts(
  state: ClusterState,
  shape: Shape,
  { ofJob, ofGroup }: Staying,
  { count, isExcluded, now }: VerdictContext,
): NodeVerdict[] {
  const looks: NodeVerdict[] = [];
  const last = new Set<string>();
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
    if (lacking || reserved)
      looks.push({ nodeId: node.id, verdict: 'kept' in kept ? 'keeps' : 'exhausted', short, ...kept });
    else {
      if (shape.demand.dynamicPorts > 0 && lacksFreePorts(node, now)) last.add(node.id);
      looks.push({
        nodeId: node.id,
        verdict: 'fits',
        score: scoreNode(state.ledger, index, shape.demand, ofJob.on(index), count),
        ...kept,
      });
    }
  });
  // As in the choice of a node, those on which many dynamic ports were taken are left out if another fits.
  const isLeftOut = looks.some(({ nodeId, verdict }) => verdict === 'fits' && !last.has(nodeId));
  const verdicts = looks.map(({ score, ...look }): NodeVerdict =>
    isLeftOut && last.has(look.nodeId)
      ? { ...look, verdict: look.kept === undefined ? 'exhausted' : 'keeps', short: { ports: 1 } }
      : { ...look, ...(score !== undefined && { score }) },
  );
  return verdicts.sort(
    (one, other) =>
      ORDER[one.verdict] - ORDER[other.verdict] ||
      (other.score ?? 0) - (one.score ?? 0) ||
      (one.nodeId < other.nodeId ? -1 : 1),
  );
}
