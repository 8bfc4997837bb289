import type { TaskDefinition } from './definition.js';

const MAX_DROPPED_AT_ONCE = 1000;

/** An inclusive range of runs. */
export interface RunsToDrop {
  readonly from: number;
  readonly until: number;
}

/** Returns the oldest run to retain, given the newest run. */
export function oldestRetainedRun({ keepRuns }: TaskDefinition, newest: number): number {
  return Math.max(1, newest + 1 - keepRuns);
}

/** Returns the runs to drop. They are dropped in batches, since a task may retain a million. */
export function runsToDrop(
  { keptFrom: from, left }: { readonly keptFrom: number; readonly left: RunsToDrop | null },
  until: number,
): RunsToDrop | null {
  return until < from ? left : { from: left?.from ?? from, until };
}

export function remainingRunsToDrop(left: RunsToDrop | null, droppedUntil: number): RunsToDrop | null {
  if (left === null || droppedUntil >= left.until) return null;
  return { from: Math.max(left.from, droppedUntil + 1), until: left.until };
}

export function nextDrop(left: RunsToDrop | null, until: number): RunsToDrop | undefined {
  if (left === null || until < left.from) return undefined;
  return { from: left.from, until: Math.min(until, left.until, left.from + MAX_DROPPED_AT_ONCE - 1) };
}
