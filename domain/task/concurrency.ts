import type { TaskDefinition } from './definition.js';
import type { SkipReason } from './events.js';

/** Unfinished runs of a task, those that wait among them. */
export const MAX_OPEN_RUNS = 1000;

type Admission = { readonly reason: SkipReason } | { readonly replaced: readonly number[] };

/** What unfinished runs leave of a start that nobody told the task to make: it is skipped, or some of them give way to it. `open`: their numbers. */
export function admit({ timing }: TaskDefinition, open: readonly number[]): Admission {
  if (timing.concurrency === 'forbid' && open.length > 0) return { reason: 'forbidden' };
  const replaced = timing.concurrency === 'replace' ? open : [];
  return open.length - replaced.length >= MAX_OPEN_RUNS ? { reason: 'too_many' } : { replaced };
}

/** Why unfinished runs let no slot begin; undefined: they do. `open`: how many there are. */
export function blockedBy({ timing }: TaskDefinition, open: number): SkipReason | undefined {
  if (timing.concurrency === 'forbid' && open > 0) return 'forbidden';
  return timing.concurrency === 'allow' && open >= MAX_OPEN_RUNS ? 'too_many' : undefined;
}
