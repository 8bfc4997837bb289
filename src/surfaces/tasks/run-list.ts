import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { ListOptions, ReadModels, StoredDocument } from '#domain/kernel/ports/read-models.js';
import { jobIdOf } from '#domain/tasks/task/index.js';
import { statusValue, taskRuns, type TaskRunDocument } from '#projections/tasks/task-runs.js';
import { taskSlots, type TaskSlotDocument } from '#projections/tasks/task-slots.js';
import type { TaskDocument } from '#projections/tasks/tasks.js';
import { markStale, read } from '#src/http/index.js';
import type { runQuery, runView, skippedView } from './run-contract.js';
import { ALWAYS, select, selectAll, type Window } from './run-selection.js';
import { viewSkipped, type RunViewer } from './run-view.js';
import type { MadeWithin } from './runs-of-block.js';

type Query = z.infer<typeof runQuery>;
type Item = z.input<typeof runView> | z.input<typeof skippedView>;

interface Page<Element> {
  readonly items: readonly Element[];
  readonly total: number;
}

const AT_ONCE = 200;

/** Returns one page of a query, newest first, and the total. */
export async function pageOfRuns(
  readModels: ReadModels,
  reply: FastifyReply,
  task: TaskDocument,
  query: Query,
  viewRun: RunViewer,
): Promise<Page<Item>> {
  const { items, total } = await pageOf(readModels, task, query);
  if (items.some(({ parked }) => parked)) markStale(reply);
  const view = async (stored: StoredDocument): Promise<Item> =>
    query.status === 'skipped'
      ? viewSkipped(read<TaskSlotDocument>(stored))
      : await viewRun(read<TaskRunDocument>(stored));
  return { items: await Promise.all(items.map(view)), total };
}

async function pageOf(
  readModels: ReadModels,
  task: TaskDocument,
  { page, size, status, from, to }: Query,
): Promise<Page<StoredDocument>> {
  const window = { first: (page - 1) * size, size };
  const within = {
    from: from === undefined ? ALWAYS.from : Date.parse(from),
    to: to === undefined ? ALWAYS.to : Date.parse(to),
  };
  switch (status) {
    case undefined:
      return allRuns(readModels, task, within, window);
    case 'success':
    case 'failed':
    case 'timeout':
    case 'cancelled': {
      const { numbers, total } = await select(readModels, task, { end: status, within }, window);
      return { items: await runsOf(readModels, task, numbers), total };
    }
    case 'skipped':
      return newestWithin(
        readModels,
        taskSlots.name,
        { index: 'skipped', value: String(task.taskId) },
        within,
        window,
      );
    default:
      return newestWithin(
        readModels,
        taskRuns.name,
        { index: 'status', value: statusValue(task.taskId, status) },
        within,
        window,
      );
  }
}

async function allRuns(
  readModels: ReadModels,
  task: TaskDocument,
  within: MadeWithin,
  window: Window,
): Promise<Page<StoredDocument>> {
  const always = within.from === ALWAYS.from && within.to === ALWAYS.to;
  const kept = always
    ? selectAll(task, window)
    : await select(readModels, task, { end: undefined, within }, window);
  const behind = { first: Math.max(0, window.first - kept.total), size: window.size - kept.numbers.length };
  const older = await newestWithin(
    readModels,
    taskRuns.name,
    { index: 'older', value: String(task.taskId) },
    within,
    behind,
  );
  return {
    items: [...(await runsOf(readModels, task, kept.numbers)), ...older.items],
    total: kept.total + older.total,
  };
}

async function runsOf(
  readModels: ReadModels,
  { taskId }: TaskDocument,
  numbers: readonly number[],
): Promise<readonly StoredDocument[]> {
  const found = await Promise.all(numbers.map((run) => readModels.get(taskRuns.name, jobIdOf(taskId, run))));
  return found.filter((stored) => stored !== undefined);
}

async function newestWithin(
  readModels: ReadModels,
  model: string,
  where: NonNullable<ListOptions['where']>,
  within: MadeWithin,
  { first, size }: Window,
): Promise<Page<StoredDocument>> {
  if (within.from === ALWAYS.from && within.to === ALWAYS.to) {
    const total = await readModels.count(model, where);
    return {
      items: size > 0 && first < total ? await newest(readModels, model, where, first, size) : [],
      total,
    };
  }
  const found: StoredDocument[] = [];
  for (let skip = 0; ; skip += AT_ONCE) {
    const documents = await newest(readModels, model, where, skip, AT_ONCE);
    found.push(...documents.filter((stored) => isWithin(stored, within)));
    if (documents.length < AT_ONCE) return { items: found.slice(first, first + size), total: found.length };
  }
}

async function newest(
  readModels: ReadModels,
  model: string,
  where: NonNullable<ListOptions['where']>,
  skip: number,
  limit: number,
): Promise<readonly StoredDocument[]> {
  const pages: StoredDocument[] = [];
  for await (const page of readModels.list(model, { where, newest: true, skip, limit })) pages.push(...page);
  return pages;
}

function isWithin(stored: StoredDocument, { from, to }: MadeWithin): boolean {
  const { createdAt, decidedAt } = JSON.parse(stored.json) as {
    readonly createdAt?: number;
    readonly decidedAt?: number;
  };
  const at = createdAt ?? decidedAt ?? 0;
  return at >= from && at < to;
}
