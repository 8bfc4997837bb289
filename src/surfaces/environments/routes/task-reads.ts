import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { jobIdOf } from '#domain/tasks/task/index.js';
import {
  environments as environmentModel,
  type EnvironmentDocument,
} from '#projections/environments/environments.js';
import { taskRuns, type TaskRunDocument } from '#projections/tasks/task-runs.js';
import { taskSlots, type TaskSlotDocument } from '#projections/tasks/task-slots.js';
import { tasks as taskModel, type TaskDocument } from '#projections/tasks/tasks.js';
import { json, markStale, newestFirst, read, type Scope } from '#src/http/index.js';
import { failures } from '../responses.js';
import { executionsOf, executionsOfTenant, logsOf, runningOf } from '../executions.js';
import { bySession } from '../rights.js';
import { numberIn, SHARED_PATH, type CondaSurface } from '../surface.js';
import {
  pageQuery,
  taskDetail,
  taskEntry,
  taskHistory,
  taskParams,
  taskStats,
  type PageQuery,
} from '../task-contract.js';
import { executionStatus } from '../task-status.js';
import { taskStatsOf } from '../task-stats.js';
import {
  measuredOf,
  momentsOf,
  timeOf,
  viewExecution,
  viewLatest,
  viewTaskDetail,
  viewTaskEntry,
  workOf,
} from '../task-view.js';

const tags = ['tasks'];
const MONTH_MS = 30 * 86_400_000;

export function taskReads(scope: Scope, surface: CondaSurface): void {
  const { times } = surface;
  const { clock } = surface.parts;

  scope.get(
    '/api/tasks',
    {
      ...SHARED_PATH,
      config: bySession,
      schema: {
        tags,
        operationId: 'conda_listTasks',
        summary: 'List tasks',
        description:
          'Returns the latest tasks of your tenant, ordered by number, at most `limit` (default: 1,000).',
        querystring: pageQuery,
        response: { 200: json('The tasks', z.array(taskEntry)), ...failures() },
      },
    },
    async (request, reply) => {
      const { tenantId } = surface.account(request);
      const [found, running] = await Promise.all([
        newestTasks(surface, reply, tenantId, request.query),
        runningOf(surface, tenantId),
      ]);
      const names = await namesOf(surface, found);
      const shown = found.map(async (task) => ({
        task,
        called: names(task),
        newest: running.get(task.taskId) ?? (await cancelledOf(surface, reply, task)),
      }));
      return (await Promise.all(shown)).map((each) => viewTaskEntry(each, times, clock.now()));
    },
  );

  scope.get(
    '/api/tasks/stats',
    {
      ...SHARED_PATH,
      config: bySession,
      schema: {
        tags,
        operationId: 'conda_getTaskStats',
        summary: 'Get task and execution statistics',
        description: 'Returns statistics for your tenant. Days are in `MUSTER_TIMEZONE`; today is last.',
        response: { 200: json('The statistics', taskStats), ...failures() },
      },
    },
    async (request, reply) => await taskStatsOf(surface, reply, surface.account(request).tenantId),
  );

  scope.get(
    '/api/tasks/history',
    {
      ...SHARED_PATH,
      config: bySession,
      schema: {
        tags,
        operationId: 'conda_getTaskHistory',
        summary: 'List executions of the last month',
        description:
          'Returns the latest executions of all tasks of your tenant, at most `limit` (default: 1,000). Use `before` with an `execution_id` for older ones.',
        querystring: pageQuery,
        response: { 200: json('The executions', taskHistory), ...failures() },
      },
    },
    async (request, reply) => {
      const runs = await executionsOfTenant(
        surface,
        reply,
        surface.account(request).tenantId,
        request.query,
        clock.now() - MONTH_MS,
      );
      const names = await taskNamesOf(surface, runs);
      const data = runs.flatMap((run) => {
        if (run.pin === undefined) return [];
        const { generation, backend } = run.pin;
        const { startedAt } = momentsOf(run);
        return [
          {
            task_id: run.taskId,
            task_name: names.get(run.taskId) ?? `task-${run.taskId}`,
            status: executionStatus(run),
            execution_time: timeOf(startedAt ?? run.createdAt, times),
            ...measuredOf(run),
            execution_id: jobIdOf(run.taskId, run.run),
            generation,
            backend,
          },
        ];
      });
      return { status: 'success' as const, data };
    },
  );

  scope.get(
    '/api/tasks/:task_id',
    {
      ...SHARED_PATH,
      config: bySession,
      schema: {
        tags,
        operationId: 'conda_getTask',
        summary: 'Get a task',
        description:
          'Includes the latest executions, at most `limit` (default: 1,000). Use `before` with an `execution_id` for older ones.',
        params: taskParams,
        querystring: pageQuery,
        response: { 200: json('The task', taskDetail), ...failures(404) },
      },
    },
    async (request, reply) => {
      const task = await surface.task(request, reply, request.params.task_id);
      const [runs, names, newest] = await Promise.all([
        executionsOf(surface, task, request.query),
        namesOf(surface, [task]),
        surface.document<TaskRunDocument>(reply, taskRuns.name, jobIdOf(task.taskId, task.newestRun)),
      ]);
      const history = runs.map((run) => viewExecution(run, null, times, clock.now()));
      const begun = history.filter(({ start_time }) => start_time !== null).toReversed();
      const skipped = await newestSkip(surface, task);
      const shown = { task, called: names(task), newest };
      return {
        success: true as const,
        task: viewTaskDetail(
          shown,
          history.map(({ execution_id }) => execution_id),
          skipped && { slot: times.time(skipped.slot), reason: skipped.reason ?? 'missed' },
          times,
          clock.now(),
        ),
        execution_history: history,
        performance_metrics: {
          durations: begun.map(({ duration }) => duration),
          timestamps: begun.map(({ start_time }) => start_time ?? ''),
          peak_memories: begun.map(({ peak_memory }) => peak_memory),
          avg_memories: begun.map(({ avg_memory }) => avg_memory),
        },
        latest_execution:
          newest === undefined
            ? null
            : viewLatest(newest, await logsOf(surface, reply, newest), times, clock.now()),
      };
    },
  );
}

async function newestTasks(
  { parts: { readModels } }: CondaSurface,
  reply: FastifyReply,
  tenantId: string,
  { limit, before }: PageQuery,
): Promise<TaskDocument[]> {
  if (before !== undefined && numberIn(before) === 0) return [];
  const found: TaskDocument[] = [];
  for await (const stored of newestFirst(
    readModels,
    taskModel.name,
    { index: 'condaTenant', value: tenantId },
    limit,
    before,
  )) {
    if (stored.parked) markStale(reply);
    found.push(read<TaskDocument>(stored));
  }
  return found.sort((one, other) => one.taskId - other.taskId);
}

async function namesOf(
  { parts: { readModels } }: CondaSurface,
  tasks: readonly TaskDocument[],
): Promise<(task: TaskDocument) => string> {
  const ids = [...new Set(tasks.map((task) => workOf(task).environmentId))];
  const stored = await Promise.all(ids.map((id) => readModels.get(environmentModel.name, id)));
  const names = new Map(
    stored.flatMap((each) =>
      each === undefined ? [] : [[each.id, read<EnvironmentDocument>(each).name] as const],
    ),
  );
  return (task) => names.get(workOf(task).environmentId) ?? workOf(task).called;
}

async function taskNamesOf(
  { parts: { readModels } }: CondaSurface,
  runs: readonly TaskRunDocument[],
): Promise<ReadonlyMap<number, string>> {
  const ids = [...new Set(runs.map(({ taskId }) => taskId))];
  const stored = await Promise.all(ids.map((id) => readModels.get(taskModel.name, String(id))));
  return new Map(
    stored.flatMap((each) =>
      each === undefined ? [] : [[Number(each.id), read<TaskDocument>(each).definition.name] as const],
    ),
  );
}

async function cancelledOf(
  surface: CondaSurface,
  reply: FastifyReply,
  { taskId, lastRun }: TaskDocument,
): Promise<TaskRunDocument | undefined> {
  return lastRun?.outcome === 'cancelled'
    ? await surface.document(reply, taskRuns.name, jobIdOf(taskId, lastRun.run))
    : undefined;
}

async function newestSkip(
  { parts: { readModels } }: CondaSurface,
  { taskId }: TaskDocument,
): Promise<TaskSlotDocument | null> {
  for await (const [stored] of readModels.list(taskSlots.name, {
    where: { index: 'skipped', value: String(taskId) },
    newest: true,
    limit: 1,
  }))
    if (stored !== undefined) return read<TaskSlotDocument>(stored);
  return null;
}
