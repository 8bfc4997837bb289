import type { FastifyReply } from 'fastify';
import { jobIdOf, runOf, slotOf, RUN_TASK, taskErrors } from '#domain/tasks/task/index.js';
import { taskRuns, type TaskRunDocument } from '#projections/tasks/task-runs.js';
import type { TaskDocument } from '#projections/tasks/tasks.js';
import { resultOf } from '#src/fleet/tasks/index.js';
import { markStale, newestFirst, read } from '#src/http/index.js';
import { openTaskLog } from '#src/features/task-logs/index.js';
import { endOfLog } from './end-of-log.js';
import type { CondaSurface } from './surface.js';
import type { PageQuery } from './task-contract.js';

const AT_ONCE = 200;
const LOG_TIMEOUT_MS = 2_000;
const LOG_END = { lines: 500, bytes: 65_536 };

export async function executionsOf(
  { parts: { readModels } }: CondaSurface,
  task: TaskDocument,
  { limit, before }: PageQuery,
): Promise<TaskRunDocument[]> {
  const behind = before === undefined ? undefined : runOf(before);
  if (before !== undefined && behind?.task !== task.taskId) return [];
  const found: TaskRunDocument[] = [];
  for (let run = (behind?.run ?? task.newestRun + 1) - 1; run >= task.keptFrom && found.length < limit;) {
    const count = Math.min(AT_ONCE, limit - found.length, run - task.keptFrom + 1);
    const numbers = Array.from({ length: count }, (_, index) => run - index);
    const stored = await Promise.all(
      numbers.map((each) => readModels.get(taskRuns.name, jobIdOf(task.taskId, each))),
    );
    found.push(...stored.filter((each) => each !== undefined).map(read<TaskRunDocument>));
    run -= count;
  }
  return found;
}

export async function executionsOfTenant(
  { parts: { readModels } }: CondaSurface,
  reply: FastifyReply,
  tenantId: string,
  { limit, before }: PageQuery,
  since: number,
): Promise<TaskRunDocument[]> {
  const found: TaskRunDocument[] = [];
  for await (const stored of newestFirst(
    readModels,
    taskRuns.name,
    { index: 'executions', value: tenantId },
    limit,
    before,
  )) {
    if (stored.parked) markStale(reply);
    const run = read<TaskRunDocument>(stored);
    if (run.createdAt < since) break;
    found.push(run);
  }
  return found;
}

export async function runningOf(
  { parts: { readModels } }: CondaSurface,
  tenantId: string,
): Promise<ReadonlyMap<number, TaskRunDocument>> {
  const running = new Map<number, TaskRunDocument>();
  for await (const page of readModels.list(taskRuns.name, {
    where: { index: 'condaRunning', value: tenantId },
  }))
    for (const run of page.map(read<TaskRunDocument>)) running.set(run.taskId, run);
  return running;
}

/**
 * Returns an execution's output: the stored log, or the current end of the log from its node. Before the execution starts, this is the log of
 * the creation of its environment. Returns null if it is unavailable.
 */
export async function logsOf(
  surface: CondaSurface,
  reply: FastifyReply,
  run: TaskRunDocument,
): Promise<string | null> {
  const slot = slotOf(run.work);
  if (slot === null) return null;
  if (run.ended !== null) return (await resultOf(surface.parts.results, run))?.output ?? null;
  const { nodeId, allocationId } = slot;
  const log = {
    nodeId,
    allocationId,
    task: RUN_TASK,
    stream: 'both',
    follow: false,
    tail: LOG_END.lines + 1,
    absent: taskErrors.MUSTER_E_TASK_RUN_NO_LOG,
  } as const;
  const over = new AbortController();
  const signal = AbortSignal.any([surface.followers.admit(reply), over.signal]);
  const patience = surface.parts.clock.sleep(LOG_TIMEOUT_MS, over.signal).then(() => over.abort());
  try {
    return await endOfLog(await openTaskLog(surface.parts, log, () => signal), LOG_END);
  } catch {
    return null;
  } finally {
    over.abort();
    await patience;
  }
}
