import type { FastifyReply } from 'fastify';
import { setImmediate } from 'node:timers/promises';
import type { z } from 'zod';
import { comparedName } from '#domain/kernel/plain-name.js';
import { seesAll } from '#domain/accounts/user/index.js';
import { nextRunAt, originOf, plainWork, PRIORITIES, type PlainWork } from '#domain/tasks/task/index.js';
import { tasks as taskModel, type TaskDocument } from '#projections/tasks/tasks.js';
import type { UserPrincipal } from '#src/accounts/index.js';
import { markStale, read } from '#src/http/index.js';
import type { TasksSurface } from './surface.js';
import type { taskQuery, TaskSort } from './task-contract.js';

type Query = z.infer<typeof taskQuery>;

/** Returns one page of a query and the total. This examines all tasks of the tenant. */
export async function pageOfTasks(
  { parts }: TasksSurface,
  reply: FastifyReply,
  { role, tenantId }: UserPrincipal,
  query: Query,
): Promise<{ readonly documents: readonly TaskDocument[]; readonly total: number }> {
  const found: TaskDocument[] = [];
  const now = parts.clock.now();
  const all = seesAll(role) && query.own !== 'true';
  for await (const page of parts.readModels.list(taskModel.name, {
    where: all ? { index: 'surface', value: 'tasks' } : { index: 'tenant', value: tenantId },
  })) {
    for (const stored of page) {
      const task = read<TaskDocument>(stored);
      if (!isWanted(task, query, now)) continue;
      if (stored.parked) markStale(reply);
      found.push(task);
    }
    await setImmediate();
  }
  const [field, way] = query.sort.startsWith('-')
    ? [query.sort.slice(1) as TaskSort, -1]
    : [query.sort as TaskSort, 1];
  found.sort(
    (a, b) => way * compare(keyOf(a, field, now), keyOf(b, field, now)) || way * (a.taskId - b.taskId),
  );
  const first = (query.page - 1) * query.size;
  return { documents: found.slice(first, first + query.size), total: found.length };
}

function isWanted(task: TaskDocument, query: Query, now: number): boolean {
  const {
    status,
    definition: { name, work, labels },
  } = task;
  if (query.status !== undefined && status !== query.status) return false;
  if (query.executor !== undefined && work.executor !== query.executor) return false;
  const next = query.due_before === undefined ? null : nextRunAt(task, now);
  if (query.due_before !== undefined && (next === null || next >= Date.parse(query.due_before))) return false;
  if (query.label !== undefined && !hasLabel(labels, query.label)) return false;
  if (query.search === undefined) return true;
  const search = foldedText(query.search);
  return [name, saidBy(plainWork(work))].some((text) => foldedText(text).includes(search));
}

function foldedText(text: string): string {
  return comparedName(text).toLowerCase();
}

function saidBy(work: PlainWork): string {
  return work.executor === 'http' ? originOf(work.url) : work.command;
}

function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const [name = '', ...value] = wanted.split('=');
  return value.length === 0
    ? Object.hasOwn(labels, name)
    : Object.hasOwn(labels, name) && labels[name] === value.join('=');
}

function keyOf(task: TaskDocument, field: TaskSort, now: number): string | number {
  switch (field) {
    case 'id':
      return task.taskId;
    case 'name':
      return task.definition.name;
    case 'status':
      return task.status;
    case 'priority':
      return PRIORITIES[task.definition.priority];
    case 'next_run_at':
      return nextRunAt(task, now) ?? Number.POSITIVE_INFINITY;
    case 'created_at':
      return task.createdAt;
    case 'updated_at':
      return task.updatedAt;
  }
}

function compare(a: string | number, b: string | number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
