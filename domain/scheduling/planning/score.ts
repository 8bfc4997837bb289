import type { Demand, Ledger } from '../capacity/ledger.js';

const HIGHEST = 18;

/**
 * Scores how well a demand fills a node, 0..1: `20 − (10^freeCpu + 10^freeMem)`, with free fractions after the
 * placement, clamped to 0..18, over 18. Fuller nodes score higher. Source: Nomad's ScoreFitBinPack, after Google's
 * BestFit v3.
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

/** Undefined unless the job already has allocations on the node; otherwise from just below 0 to −1, lower the more there are. */
export function scoreAntiAffinity(sameJob: number, count: number): number | undefined {
  if (sameJob === 0) return undefined;
  return -Math.min(1, (sameJob + 1) / Math.max(count, 1));
}

/** The mean of the applicable scores, within 0..1. */
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

function freeFraction(used: number, capacity: number): number {
  return capacity > 0 ? 1 - used / capacity : 0;
}
