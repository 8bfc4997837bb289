import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { blockOf, firstOf } from '#projections/tasks/task-run-blocks.js';
import {
  BLOCKS,
  taskRunTotals,
  totalsId,
  type TaskRunTotalsDocument,
} from '#projections/tasks/task-run-totals.js';
import type { TaskDocument } from '#projections/tasks/tasks.js';
import { read } from '#src/http/index.js';
import { placeOf, runsOfBlock, type MadeWithin, type Wanted } from './runs-of-block.js';

export const ALWAYS: MadeWithin = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** Run numbers of one page, newest first, and the total number of runs of all pages. */
export interface Selection {
  readonly numbers: readonly number[];
  readonly total: number;
}

export interface Window {
  readonly first: number;
  readonly size: number;
}

/** Selects one page of all retained runs, which have consecutive numbers. */
export function selectAll({ keptFrom, newestRun }: TaskDocument, { first, size }: Window): Selection {
  const newest = newestRun - first;
  const length = Math.max(0, Math.min(size, newest + 1 - keptFrom));
  return {
    numbers: Array.from({ length }, (_, index) => newest - index),
    total: Math.max(0, newestRun + 1 - keptFrom),
  };
}

/** Filters retained runs. A block with counts is read only if it overlaps the page, or contains the oldest of them or a bound of the time range. */
export async function select(
  readModels: ReadModels,
  task: TaskDocument,
  wanted: Wanted,
  { first, size }: Window,
): Promise<Selection> {
  const blocks = blocksOf(task);
  const totals = await totalsOf(readModels, task.taskId, blocks);
  const counts = blocks.map((block) =>
    firstOf({ block }) < task.keptFrom
      ? undefined
      : countOf(totals.get(totalsId(task.taskId, block)), block, wanted),
  );
  const uncounted = blocks.filter((_, index) => counts[index] === undefined);
  const looked = new Map(
    await Promise.all(
      uncounted.map(async (block) => [block, await runsOfBlock(readModels, task, block, wanted)] as const),
    ),
  );
  const shown: { readonly block: number; readonly before: number }[] = [];
  let total = 0;
  for (const [index, block] of blocks.entries()) {
    const count = counts[index] ?? looked.get(block)?.length ?? 0;
    if (total < first + size && total + count > first) shown.push({ block, before: total });
    total += count;
  }
  const numbers = shown.map(async ({ block, before }) => {
    const found = looked.get(block) ?? (await runsOfBlock(readModels, task, block, wanted));
    return found.slice(Math.max(0, first - before), Math.max(0, first + size - before));
  });
  return { numbers: (await Promise.all(numbers)).flat(), total };
}

function blocksOf({ keptFrom, newestRun }: TaskDocument): number[] {
  const [oldest, newest] = [blockOf(keptFrom), blockOf(newestRun)];
  return Array.from({ length: newestRun < keptFrom ? 0 : newest + 1 - oldest }, (_, index) => newest - index);
}

async function totalsOf(
  readModels: ReadModels,
  taskId: number,
  blocks: readonly number[],
): Promise<ReadonlyMap<string, TaskRunTotalsDocument>> {
  const ids = [...new Set(blocks.map((block) => totalsId(taskId, block)))];
  const stored = await Promise.all(ids.map((id) => readModels.get(taskRunTotals.name, id)));
  return new Map(
    stored.flatMap((each) => (each === undefined ? [] : [[each.id, read<TaskRunTotalsDocument>(each)]])),
  );
}

/** Returns the number of matches in a block, or undefined if the block must be read. */
function countOf(
  totals: TaskRunTotalsDocument | undefined,
  block: number,
  { end, within }: Wanted,
): number | undefined {
  const place = block % BLOCKS;
  const begun = totals?.begun[place] ?? undefined;
  if (totals === undefined || begun === undefined) return undefined;
  const count = end === undefined ? begun : (totals.ended[end][place] ?? 0);
  if (count === 0) return 0;
  switch (placeOf(totals.madeFrom[place] ?? 0, totals.madeUntil[place] ?? 0, within)) {
    case 'inside':
      return count;
    case 'outside':
      return 0;
    case 'across':
      return undefined;
  }
}
