import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { dayAt, zoneOf } from '#domain/tasks/schedule/index.js';
import {
  executionUsage,
  tenantUsage,
  type ExecutionUsageDocument,
} from '#projections/environments/execution-usage.js';
import {
  condaScope,
  countedWithin,
  countsBetween,
  taskCounts,
  type Counted,
  type TaskCountsDocument,
} from '#projections/tasks/task-counts.js';
import {
  condaTaskStateValue,
  tasks as taskModel,
  type CondaTaskState,
  type TaskDocument,
} from '#projections/tasks/tasks.js';
import { executionsOfTenant, runningOf } from './executions.js';
import type { CondaSurface } from './surface.js';
import type { taskStats } from './task-contract.js';
import { executionStatus } from './task-status.js';
import { measuredOf, momentsOf, oneDecimal, successRate, timeOf } from './task-view.js';

type Stats = z.input<typeof taskStats>;

const DAYS = 7;
const RECENT = 5;
const LOOKED_AT = 50;

export async function taskStatsOf(
  surface: CondaSurface,
  reply: FastifyReply,
  tenantId: string,
): Promise<Stats> {
  const [tasks, durations, days, recent] = await Promise.all([
    tasksOf(surface, tenantId),
    durationsOf(surface, reply, tenantId),
    lastDays(surface, reply, tenantId),
    recentOf(surface, reply, tenantId),
  ]);
  return { ...tasks, ...durations, last_7_days: days, recent_tasks: recent };
}

async function tasksOf(
  surface: CondaSurface,
  tenantId: string,
): Promise<Pick<Stats, 'total' | 'scheduled' | 'running' | 'completed' | 'failed'>> {
  const { readModels } = surface.parts;
  const count = async (standing: CondaTaskState): Promise<number> =>
    await readModels.count(taskModel.name, {
      index: 'condaStanding',
      value: condaTaskStateValue(tenantId, standing),
    });
  const [total, open, success, failed, timeout, never, { size: running }] = await Promise.all([
    readModels.count(taskModel.name, { index: 'condaTenant', value: tenantId }),
    count('open'),
    count('success'),
    count('failed'),
    count('timeout'),
    count('never'),
    runningOf(surface, tenantId),
  ]);
  return {
    total,
    scheduled: Math.max(0, open - running),
    running,
    completed: success,
    failed: failed + timeout + never,
  };
}

async function durationsOf(
  surface: CondaSurface,
  reply: FastifyReply,
  tenantId: string,
): Promise<Pick<Stats, 'avg_duration' | 'min_duration' | 'max_duration' | 'success_rate'>> {
  const usage = await surface.document<ExecutionUsageDocument>(
    reply,
    executionUsage.name,
    tenantUsage(tenantId),
  );
  if (usage === undefined) return { avg_duration: 0, min_duration: 0, max_duration: 0, success_rate: 0 };
  const { timed, seconds, shortest, longest } = usage;
  return {
    avg_duration: timed === 0 ? 0 : oneDecimal(seconds / timed),
    min_duration: oneDecimal(shortest),
    max_duration: oneDecimal(longest),
    success_rate: successRate(usage),
  };
}

async function lastDays(
  surface: CondaSurface,
  reply: FastifyReply,
  tenantId: string,
): Promise<Stats['last_7_days']> {
  const { clock } = surface.parts;
  const zone = zoneOf(surface.settings.timezone);
  if (zone === undefined) throw new Error(`unknown time zone ${surface.settings.timezone}`);
  const days = [dayAt(zone, clock.now())];
  while (days.length < DAYS) days.unshift(dayAt(zone, (days[0]?.from ?? 0) - 1));
  const ids = countsBetween(condaScope(tenantId), days[0]?.from ?? 0, days.at(-1)?.to ?? 0);
  const counts = await Promise.all(
    ids.map(async (id) => await surface.document<TaskCountsDocument>(reply, taskCounts.name, id)),
  );
  const counted = (kind: Counted, { from, to }: { readonly from: number; readonly to: number }): number =>
    counts.reduce((sum, day) => sum + (day === undefined ? 0 : countedWithin(day, kind, from, to)), 0);
  return {
    dates: days.map(({ from }) => surface.times.date(from)),
    success_counts: days.map((day) => counted('success', day)),
    failed_counts: days.map((day) => counted('failed', day) + counted('timeout', day)),
  };
}

async function recentOf(
  surface: CondaSurface,
  reply: FastifyReply,
  tenantId: string,
): Promise<Stats['recent_tasks']> {
  const runs = await executionsOfTenant(surface, reply, tenantId, { limit: LOOKED_AT }, 0);
  const begun = runs.map((run) => ({ run, ...momentsOf(run) })).filter(({ startedAt }) => startedAt !== null);
  const newest = begun.sort((one, other) => (other.startedAt ?? 0) - (one.startedAt ?? 0)).slice(0, RECENT);
  return await Promise.all(
    newest.map(async ({ run, startedAt, endedAt }) => {
      const task = await surface.document<TaskDocument>(reply, taskModel.name, String(run.taskId));
      return {
        task_id: run.taskId,
        name: task?.definition.name ?? `task-${run.taskId}`,
        status: executionStatus(run),
        duration: measuredOf(run).duration,
        start_time: timeOf(startedAt, surface.times),
        end_time: timeOf(endedAt, surface.times),
      };
    }),
  );
}
