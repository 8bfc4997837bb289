import type { TaskDefinition } from './definition.js';
import type { SkipReason } from './events.js';

export const MAX_OPEN_RUNS = 1000;

type Admission = { readonly reason: SkipReason } | { readonly replaced: readonly number[] };

/** Decides whether a scheduled start is skipped or cancels runs because of unfinished ones. `open`: the numbers of the unfinished runs. */
export function admit({ timing }: TaskDefinition, open: readonly number[]): Admission {
  if (timing.concurrency === 'forbid' && open.length > 0) return { reason: 'forbidden' };
  const replaced = timing.concurrency === 'replace' ? open : [];
  return open.length - replaced.length >= MAX_OPEN_RUNS ? { reason: 'too_many' } : { replaced };
}

/** Returns why unfinished runs block a slot, or undefined if they do not. `open` is how many there are. */
export function blockedBy({ timing }: TaskDefinition, open: number): SkipReason | undefined {
  if (timing.concurrency === 'forbid' && open > 0) return 'forbidden';
  return timing.concurrency !== 'replace' && open >= MAX_OPEN_RUNS ? 'too_many' : undefined;
}
