import type { FastifyReply } from 'fastify';
import { setImmediate } from 'node:timers/promises';
import type { z } from 'zod';
import { seesAll } from '#domain/accounts/user/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { dayAt, isZoneName, ZONE_PROBLEM, zoneOf } from '#domain/tasks/schedule/index.js';
import { DOWN, nodes } from '#projections/nodes/nodes.js';
import {
  ALL_TENANTS,
  countedWithin,
  countsBetween,
  taskCounts,
  tenantScope,
  type Counted,
  type TaskCountsDocument,
} from '#projections/tasks/task-counts.js';
import { taskRuns, type TaskRunDocument } from '#projections/tasks/task-runs.js';
import { tasks as taskModel, tenantStatus } from '#projections/tasks/tasks.js';
import type { UserPrincipal } from '#src/accounts/index.js';
import { read } from '#src/http/index.js';
import type { TasksSurface } from './surface.js';
import type { statusView } from './system-contract.js';
import { viewHeard } from './worker-view.js';

type SystemStatus = z.input<typeof statusView>;

/** Returns counts of objects that an account may see, and today's results in a time zone. Throws `MUSTER_E_INVALID` if the zone is unknown. */
export async function systemStatus(
  surface: TasksSurface,
  reply: FastifyReply,
  account: UserPrincipal,
  timezone: string,
): Promise<SystemStatus> {
  const [tasks, workers, today] = await Promise.all([
    tasksOf(surface, account),
    workersOf(surface),
    todayOf(surface, reply, account, timezone),
  ]);
  return { tasks, workers, ...today };
}

async function tasksOf(
  { parts: { readModels } }: TasksSurface,
  account: UserPrincipal,
): Promise<SystemStatus['tasks']> {
  const tenantId = tenantSeenBy(account);
  const count = async (index: string, value: string): Promise<number> =>
    await readModels.count(taskModel.name, { index, value });
  const having = async (status: 'active' | 'paused'): Promise<number> =>
    tenantId === undefined
      ? await count('status', status)
      : await count('tenantStatus', tenantStatus(tenantId, status));
  const [total, active, paused, running] = await Promise.all([
    tenantId === undefined ? count('surface', 'tasks') : count('tenant', tenantId),
    having('active'),
    having('paused'),
    runningTasks(readModels, tenantId),
  ]);
  return { total, active, paused, running };
}

async function runningTasks(
  readModels: TasksSurface['parts']['readModels'],
  tenantId: string | undefined,
): Promise<number> {
  const running = new Set<number>();
  for await (const page of readModels.list(
    taskRuns.name,
    tenantId === undefined ? { by: 'running' } : { where: { index: 'running', value: tenantId } },
  )) {
    for (const stored of page) running.add(read<TaskRunDocument>(stored).taskId);
    await setImmediate();
  }
  return running.size;
}

async function workersOf({ parts: { readModels }, workers }: TasksSurface): Promise<SystemStatus['workers']> {
  const [all, down] = await Promise.all([
    readModels.count(nodes.name),
    readModels.count(nodes.name, { index: 'down', value: DOWN }),
  ]);
  const alone = workers.alone();
  const silent = alone.filter(
    ([id, heard]) => viewHeard(id, heard, workers.isSilent(heard)).status === 'offline',
  ).length;
  const [total, offline] = [all + alone.length, down + silent];
  return { total, online: total - offline, offline };
}

async function todayOf(
  surface: TasksSurface,
  reply: FastifyReply,
  account: UserPrincipal,
  timezone: string,
): Promise<Pick<SystemStatus, 'runs_today' | 'success_rate'>> {
  const zone = isZoneName(timezone) ? zoneOf(timezone) : undefined;
  if (zone === undefined)
    throw new MusterError('MUSTER_E_INVALID', { field: 'timezone', problem: ZONE_PROBLEM });
  const { from, to } = dayAt(zone, surface.parts.clock.now());
  const tenantId = tenantSeenBy(account);
  const ids = countsBetween(tenantId === undefined ? ALL_TENANTS : tenantScope(tenantId), from, to);
  const days = await Promise.all(
    ids.map(async (id) => await surface.document<TaskCountsDocument>(reply, taskCounts.name, id)),
  );
  const counted = (kind: Counted): number =>
    days.reduce((sum, day) => sum + (day === undefined ? 0 : countedWithin(day, kind, from, to)), 0);
  const success = counted('success');
  const ended = success + counted('failed') + counted('timeout');
  return { runs_today: counted('begun'), success_rate: ended === 0 ? 100 : successRate(success, ended) };
}

function tenantSeenBy({ role, tenantId }: UserPrincipal): string | undefined {
  return seesAll(role) ? undefined : tenantId;
}

/** Returns a percentage with one decimal. Only all is 100 and only none is 0: nearly all is 99.9, and nearly none is 0.1. */
export function successRate(success: number, ended: number): number {
  if (success === 0 || success === ended) return success === 0 ? 0 : 100;
  return Math.min(99.9, Math.max(0.1, Math.round((success / ended) * 1000) / 10));
}
