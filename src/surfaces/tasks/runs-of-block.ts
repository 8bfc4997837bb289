import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { jobIdOf } from '#domain/tasks/task/index.js';
import {
  blockId,
  ENDS,
  firstOf,
  STRETCH_SIZE,
  taskRunBlocks,
  type TaskRunBlockDocument,
} from '#projections/tasks/task-run-blocks.js';
import type { End } from '#projections/tasks/task-run-totals.js';
import { taskRuns, type TaskRunDocument } from '#projections/tasks/task-runs.js';
import type { TaskDocument } from '#projections/tasks/tasks.js';
import { read } from '#src/http/index.js';

/** Half-open time range, in milliseconds since the epoch. */
export interface MadeWithin {
  readonly from: number;
  readonly to: number;
}

/** Filters runs by result (undefined means any) and time of creation. */
export interface Wanted {
  readonly end: End | undefined;
  readonly within: MadeWithin;
}

/** Compares a time span with the range. Clocks may be set back, so a span across a bound must be examined entry by entry. */
export function placeOf(
  earliest: number,
  latest: number,
  { from, to }: MadeWithin,
): 'inside' | 'outside' | 'across' {
  if (latest < from || earliest >= to) return 'outside';
  return earliest >= from && latest < to ? 'inside' : 'across';
}

/**
 * Returns the matching retained runs of a block, newest first. A block contains the results of all its runs, and the creation times of groups of
 * fifty runs. Only groups that are partly within the range are read run by run.
 */
export async function runsOfBlock(
  readModels: ReadModels,
  task: TaskDocument,
  block: number,
  { end, within }: Wanted,
): Promise<readonly number[]> {
  const stored = await readModels.get(taskRunBlocks.name, blockId(task.taskId, block));
  if (stored === undefined) return [];
  const document = read<TaskRunBlockDocument>(stored);
  const numbers: number[] = [];
  for (let stretch = document.madeFrom.length - 1; stretch >= 0; stretch -= 1) {
    const place = placeOf(document.madeFrom[stretch] ?? 0, document.madeUntil[stretch] ?? 0, within);
    if (place === 'outside') continue;
    const found = numbersOf(document, stretch, task, end && ENDS[end]);
    numbers.push(...(place === 'inside' ? found : await madeWithin(readModels, task.taskId, found, within)));
  }
  return numbers;
}

function numbersOf(
  block: TaskRunBlockDocument,
  stretch: number,
  { keptFrom }: TaskDocument,
  end: string | undefined,
): number[] {
  const from = Math.max(stretch * STRETCH_SIZE, keptFrom - firstOf(block));
  const to = Math.min((stretch + 1) * STRETCH_SIZE, block.ended.length);
  const numbers: number[] = [];
  for (let place = to - 1; place >= from; place -= 1)
    if (end === undefined || block.ended[place] === end) numbers.push(firstOf(block) + place);
  return numbers;
}

async function madeWithin(
  readModels: ReadModels,
  taskId: number,
  numbers: readonly number[],
  { from, to }: MadeWithin,
): Promise<number[]> {
  const stored = await Promise.all(numbers.map((run) => readModels.get(taskRuns.name, jobIdOf(taskId, run))));
  return numbers.filter((_, index) => {
    const document = stored[index];
    if (document === undefined) return false;
    const { createdAt } = read<TaskRunDocument>(document);
    return createdAt >= from && createdAt < to;
  });
}
