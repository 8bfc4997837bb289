import type { ReadModels } from '#domain/ports/read-models.js';
import { jobIdOf, type Outcome } from '#domain/task/index.js';
import { ENDS, firstOf, STRETCH, taskRunBlocks, type TaskRunBlockDocument } from '#projections/task-run-blocks.js';
import { taskRuns, type TaskRunDocument } from '#projections/task-runs.js';
import type { TaskDocument } from '#projections/tasks.js';
import { read } from '#src/surfaces/kit/index.js';

/** Moments in milliseconds since 1970: at or after the first, and before the second. */
export interface MadeWithin {
  readonly from: number;
  readonly to: number;
}

export const ALWAYS: MadeWithin = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** Which runs of a task stand on a page, by number, newest first; and how many stand on all of them. */
export interface Selection {
  readonly numbers: readonly number[];
  readonly total: number;
}

/** Where a page begins, and how many it has. */
export interface Window {
  readonly first: number;
  readonly size: number;
}

/** Of all kept runs: they have numbers in a row. */
export function selectAll({ keptFrom, newestRun }: TaskDocument, { first, size }: Window): Selection {
  const newest = newestRun - first;
  const length = Math.max(0, Math.min(size, newest + 1 - keptFrom));
  return { numbers: Array.from({ length }, (_, index) => newest - index), total: Math.max(0, newestRun + 1 - keptFrom) };
}

/**
 * Of the kept runs those that ended so (undefined: ended or not) and were made within a span. Blocks of a thousand say of all of them how they ended, and of fifty
 * together when they were made; only of fifty that are partly within are the runs themselves looked at.
 */
export async function select(
  readModels: ReadModels,
  task: TaskDocument,
  end: Outcome | 'cancelled' | undefined,
  within: MadeWithin,
  window: Window,
): Promise<Selection> {
  const wanted = end && ENDS[end];
  const numbers: number[] = [];
  let total = 0;
  for (const block of await blocksOf(readModels, task.taskId)) {
    for (let stretch = block.madeFrom.length - 1; stretch >= 0; stretch -= 1) {
      const place = placeOf(block, stretch, within);
      if (place === 'outside') continue;
      const behind = total + STRETCH <= window.first || numbers.length >= window.size;
      if (place === 'inside' && behind) {
        total += countOf(block, stretch, task, wanted);
        continue;
      }
      let found = numbersOf(block, stretch, task, wanted);
      if (place === 'across') found = await madeWithin(readModels, task.taskId, found, within);
      numbers.push(...found.slice(Math.max(0, window.first - total), Math.max(0, window.first + window.size - total)));
      total += found.length;
    }
  }
  return { numbers, total };
}

/** The newest first. */
async function blocksOf(readModels: ReadModels, taskId: number): Promise<readonly TaskRunBlockDocument[]> {
  const blocks: TaskRunBlockDocument[] = [];
  const where = { index: 'task', value: String(taskId) };
  for await (const page of readModels.list(taskRunBlocks.name, { where })) for (const stored of page) blocks.push(read<TaskRunBlockDocument>(stored));
  return blocks.sort((a, b) => b.block - a.block);
}

/** Clocks go back: where its runs are not all within, and not all without, each has to be looked at. */
function placeOf({ madeFrom, madeUntil }: TaskRunBlockDocument, stretch: number, { from, to }: MadeWithin): 'inside' | 'outside' | 'across' {
  const [earliest, latest] = [madeFrom[stretch] ?? 0, madeUntil[stretch] ?? 0];
  if (latest < from || earliest >= to) return 'outside';
  return earliest >= from && latest < to ? 'inside' : 'across';
}

/** The places of a stretch in its block, from the first kept one on. */
function placesOf(block: TaskRunBlockDocument, stretch: number, { keptFrom }: TaskDocument): readonly [from: number, to: number] {
  return [Math.max(stretch * STRETCH, keptFrom - firstOf(block)), Math.min((stretch + 1) * STRETCH, block.ended.length)];
}

function countOf(block: TaskRunBlockDocument, stretch: number, task: TaskDocument, wanted: string | undefined): number {
  const [from, to] = placesOf(block, stretch, task);
  if (wanted === undefined) return Math.max(0, to - from);
  let count = 0;
  for (let place = from; place < to; place += 1) if (block.ended[place] === wanted) count += 1;
  return count;
}

function numbersOf(block: TaskRunBlockDocument, stretch: number, task: TaskDocument, wanted: string | undefined): number[] {
  const [from, to] = placesOf(block, stretch, task);
  const numbers: number[] = [];
  for (let place = to - 1; place >= from; place -= 1) if (wanted === undefined || block.ended[place] === wanted) numbers.push(firstOf(block) + place);
  return numbers;
}

async function madeWithin(readModels: ReadModels, taskId: number, numbers: readonly number[], { from, to }: MadeWithin): Promise<number[]> {
  const stored = await Promise.all(numbers.map((run) => readModels.get(taskRuns.name, jobIdOf(taskId, run))));
  return numbers.filter((_, index) => {
    const document = stored[index];
    if (document === undefined) return false;
    const { createdAt } = read<TaskRunDocument>(document);
    return createdAt >= from && createdAt < to;
  });
}
