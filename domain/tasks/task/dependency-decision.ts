import { isAwaited, isAfter, type RunEnding, type EndPosition } from './dependencies.js';
import { admit } from './concurrency.js';
import type { EndOfRun, SkipReason, TaskEvent } from './events.js';
import { boundsOf } from './start-bounds.js';
import { oldestRetainedRun } from './run-retention.js';
import type { Moment } from './slot-decision.js';
import type { PresentTask } from './state.js';

export interface AwaitedEnd extends EndOfRun {
  readonly outcome: RunEnding;
}

export function isUndecided(
  { definition: { after }, followed }: PresentTask,
  { taskId, outcome, ...end }: AwaitedEnd,
): boolean {
  return (
    after?.tasks.includes(taskId) === true &&
    isAwaited(after.on, outcome) &&
    isAfter(end, followed.get(taskId))
  );
}

/**
 * Decides the ends of other tasks' runs in order. Each end starts a run, unless the task is inactive, its creator lacks permission, a quota is used
 * up, or an unfinished run forbids it. Ends that were already decided or do not match are ignored.
 */
export function decideDependencies(
  task: PresentTask,
  ends: readonly AwaitedEnd[],
  { permitted, overQuota = false }: Pick<Moment, 'permitted' | 'overQuota'>,
): readonly TaskEvent[] {
  const { taskId, tenantId, status, definition } = task;
  const refused: SkipReason | undefined =
    status !== 'active' ? status : !permitted ? 'not_permitted' : overQuota ? 'over_quota' : undefined;
  const events: TaskEvent[] = [];
  const decided = new Map<number, EndPosition>();
  let open = [...task.runs.keys()];
  let newest = task.newestRun;
  for (const each of ends) {
    const { outcome: _, ...after } = each;
    if (!isUndecided(task, each) || !isAfter(after, decided.get(after.taskId))) continue;
    decided.set(after.taskId, after);
    const skip = (reason: SkipReason): void =>
      void events.push({ type: 'TaskChainDecided', data: { taskId, after, decision: 'skipped', reason } });
    const admitted = refused === undefined ? admit(definition, open) : { reason: refused };
    if ('reason' in admitted) {
      skip(admitted.reason);
      continue;
    }
    const { replaced } = admitted;
    if (replaced.length > 0)
      events.push({ type: 'TaskRunsCancelled', data: { taskId, runs: [...replaced], reason: 'replaced' } });
    newest += 1;
    open = open.filter((run) => !replaced.includes(run));
    const bounds = boundsOf(definition, open.length);
    open = [...open, newest];
    const run = {
      run: newest,
      keptFrom: oldestRetainedRun(definition, newest),
      attempts: definition.retryCount + 1,
      tenantId,
      ...bounds,
    };
    events.push({ type: 'TaskChainDecided', data: { taskId, after, decision: 'run', ...run } });
  }
  return events;
}
