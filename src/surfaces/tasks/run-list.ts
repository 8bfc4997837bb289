import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { ListOptions, ReadModels, StoredDocument } from '#domain/ports/read-models.js';
import { statusValue, taskRuns, type TaskRunDocument } from '#projections/task-runs.js';
import { taskSlots, type TaskSlotDocument } from '#projections/task-slots.js';
import { markStale, read } from '#src/surfaces/kit/index.js';
import type { runQuery, runView, skippedView } from './run-contract.js';
import { viewRun, viewSkipped } from './run-view.js';

type Query = z.infer<typeof runQuery>;
type Item = z.input<typeof runView> | z.input<typeof skippedView>;

/** Documents that are read at once: as many as a page of the newest may have. */
const AT_ONCE = 200;

/** One page of what a query asks for, newest first, and how many there are in all. `now`: milliseconds since 1970. */
export async function pageOfRuns(
  readModels: ReadModels,
  reply: FastifyReply,
  taskId: number,
  query: Query,
  now: number,
): Promise<{ readonly items: readonly Item[]; readonly total: number }> {
  const skipped = query.status === 'skipped';
  const model = skipped ? taskSlots.name : taskRuns.name;
  const where = whereOf(taskId, query.status);
  const view = (stored: StoredDocument): Item => {
    if (stored.parked) markStale(reply);
    return skipped ? viewSkipped(read<TaskSlotDocument>(stored)) : viewRun(read<TaskRunDocument>(stored), now);
  };
  const { page, size } = query;
  const first = (page - 1) * size;
  if (query.from === undefined && query.to === undefined) {
    const [documents, total] = await Promise.all([newest(readModels, model, where, first, size), readModels.count(model, where)]);
    return { items: documents.map(view), total };
  }
  const found: StoredDocument[] = [];
  for await (const documents of allNewest(readModels, model, where)) found.push(...documents.filter((stored) => isWithin(stored, query)));
  return { items: found.slice(first, first + size).map(view), total: found.length };
}

function whereOf(taskId: number, status: Query['status']): NonNullable<ListOptions['where']> {
  if (status === undefined) return { index: 'task', value: String(taskId) };
  return status === 'skipped' ? { index: 'skipped', value: String(taskId) } : { index: 'status', value: statusValue(taskId, status) };
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

async function* allNewest(readModels: ReadModels, model: string, where: NonNullable<ListOptions['where']>): AsyncGenerator<readonly StoredDocument[]> {
  for (let skip = 0; ; skip += AT_ONCE) {
    const documents = await newest(readModels, model, where, skip, AT_ONCE);
    yield documents;
    if (documents.length < AT_ONCE) return;
  }
}

/** By when it was made, or decided. */
function isWithin(stored: StoredDocument, { from, to }: Query): boolean {
  const { createdAt, decidedAt } = JSON.parse(stored.json) as { readonly createdAt?: number; readonly decidedAt?: number };
  const at = createdAt ?? decidedAt ?? 0;
  return (from === undefined || at >= Date.parse(from)) && (to === undefined || at < Date.parse(to));
}
