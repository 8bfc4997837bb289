import type { Demand, Ledger } from '../capacity/ledger.js';

/**
 * Version of the filters (with reservations) and scores. Raise it whenever a change leads to a different node in the same state, so that an
 * explanation can report that an earlier placement followed different rules. A test replays a recorded plan log and fails if the rules change without a new version.
 */
export const SCHEDULING_RULES = 4;

const HIGHEST = 18;

/**
 * Scores how well a demand fills a node, from 0 to 1: `20 − (10^freeCpu + 10^freeMem)`, with the free fractions after the placement, clamped to 0..18
 * and divided by 18. Fuller nodes score higher. Source: Nomad's ScoreFitBinPack, after Google's BestFit v3.
 */
export function scoreBinPacking(ledger: Ledger, node: number, demand: Demand): number {
  let cpu = ledger.used[ledger.cpu]![node]!;
  let memory = ledger.used[ledger.memory]![node]!;
  const { dimensions, amounts } = demand;
  for (let index = 0; index < dimensions.length; index += 1) {
    if (dimensions[index] === ledger.cpu) cpu += amounts[index]!;
    else if (dimensions[index] === ledger.memory) memory += amounts[index]!;
  }
  const freeCpu = freeFraction(cpu, ledger.capacity[ledger.cpu]![node]!);
  const freeMemory = freeFraction(memory, ledger.capacity[ledger.memory]![node]!);
  const score = 20 - (10 ** freeCpu + 10 ** freeMemory);
  return (score < 0 ? 0 : score > HIGHEST ? HIGHEST : score) / HIGHEST;
}

/** Returns undefined if the job has no allocations on the node yet, and otherwise a score from just below 0 to −1: lower, the more there are. */
export function scoreAntiAffinity(sameJob: number, count: number): number | undefined {
  if (sameJob === 0) return undefined;
  return -Math.min(1, (sameJob + 1) / Math.max(count, 1));
}

export function scoreNode(
  ledger: Ledger,
  node: number,
  demand: Demand,
  sameJob: number,
  count: number,
): number {
  const packing = scoreBinPacking(ledger, node, demand);
  const apart = scoreAntiAffinity(sameJob, count);
  return apart === undefined ? packing : Math.max(0, (packing + apart) / 2);
}

export function inThousandths(score: number): number {
  return Math.round(score * 1000);
}

function freeFraction(used: number, capacity: number): number {
  return capacity > 0 ? 1 - used / capacity : 0;
}
