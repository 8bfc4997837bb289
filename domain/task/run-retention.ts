import type { TaskDefinition } from './definition.js';

/** Runs that are dropped at once. */
const MAX_DROPPED_AT_ONCE = 1000;

/** Runs from one number to another, both of them too. */
export interface RunsToDrop {
  readonly from: number;
  readonly until: number;
}

/** The oldest run to be looked at, where `newest` is the newest. */
export function oldestRetainedRun({ keepRuns }: TaskDefinition, newest: number): number {
  return Math.max(1, newest + 1 - keepRuns);
}

/**
 * What has yet to be dropped once nothing up to a number is kept any more. A task can have kept a million runs, and no event
 * may be about all of them: they are dropped one part after the other.
 */
export function runsToDrop({ keptFrom: from, left }: { readonly keptFrom: number; readonly left: RunsToDrop | null }, until: number): RunsToDrop | null {
  return until < from ? left : { from: left?.from ?? from, until };
}

/** What is left once all up to a number are dropped. */
export function remainingRunsToDrop(left: RunsToDrop | null, droppedUntil: number): RunsToDrop | null {
  if (left === null || droppedUntil >= left.until) return null;
  return { from: Math.max(left.from, droppedUntil + 1), until: left.until };
}

/** The part to drop next, of no run behind `until`; undefined: there is none, or another server was first. */
export function nextDrop(left: RunsToDrop | null, until: number): RunsToDrop | undefined {
  if (left === null || until < left.from) return undefined;
  return { from: left.from, until: Math.min(until, left.until, left.from + MAX_DROPPED_AT_ONCE - 1) };
}
