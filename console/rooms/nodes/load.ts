import type { Amount, NodeRow } from '../../api/types.js';
import { stateOf } from './state.js';

export const DIMENSIONS = { cpu: 'CPU', memory: 'Memory', gpus: 'GPUs' } as const;
export type Dimension = keyof typeof DIMENSIONS;

/** Returns the used share, from 0 to 1, or undefined if the node has none of the resource. */
export function shareOf({ used, total }: Amount): number | undefined {
  return total === 0 ? undefined : Math.min(1, used / total);
}

const BOUNDS = [0, 0.25, 0.5, 0.75, 0.9] as const;

/** Returns a level from 0 (nothing is allocated) to 5 (more than 90 %). */
export function levelOf(share: number | undefined): number {
  return BOUNDS.filter((bound) => (share ?? 0) > bound).length;
}

export function sumOf(
  nodes: readonly NodeRow[],
  by: Dimension,
): { readonly used: number; readonly all: number; readonly unavailable: number } {
  let [used, all, unavailable] = [0, 0, 0];
  for (const node of nodes) {
    used += node[by].used;
    all += node[by].total;
    if (stateOf(node) !== 'ready') unavailable += 1;
  }
  return { used, all, unavailable };
}
