import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import { taskEvents } from '#domain/tasks/task/events.js';
import { DUE_IMMEDIATELY, dueValue } from '#domain/work/index.js';
import { runsToDrop, remainingRunsToDrop, type RunsToDrop } from '#domain/tasks/task/index.js';
import { projection, type Touch } from '#domain/kernel/projection.js';
import { BEGINNINGS, beginning } from './task-runs.js';

export const BLOCK_SIZE = 1000;
export const STRETCH_SIZE = 50;

export const ENDS = { success: 's', failed: 'f', timeout: 't', cancelled: 'c' } as const;
const UNFINISHED = '.';
const UNKNOWN = ' ';

/**
 * `taskRunBlocks`, id = `<task>.<block>`: the data that lists need about a thousand consecutive runs. Indexes: `task`, `due` (it is the oldest of its
 * task, and some runs have yet to be dropped). Times are in milliseconds since the epoch.
 */
export interface TaskRunBlockDocument {
  readonly taskId: number;
  readonly block: number;
  readonly ended: string;
  /** Earliest and latest creation time of each {@link STRETCH_SIZE} runs. Both are stored, because clocks can be set back. */
  readonly madeFrom: readonly number[];
  readonly madeUntil: readonly number[];
  readonly keptFrom: number;
  readonly left: RunsToDrop | null;
  readonly oldest: boolean;
}

const EVENTS = {
  ...BEGINNINGS,
  ...only(taskEvents, 'TaskUpdated', 'TaskDeleted', 'TaskRunsDropped', 'TaskRunEnded', 'TaskRunsCancelled'),
};
type Event = RecordedOf<typeof EVENTS>;

/** Outcomes and creation times of each task's retained runs, which are enough to find the runs of a page without reading them. */
export const taskRunBlocks = projection<TaskRunBlockDocument, typeof EVENTS>({
  name: 'taskRunBlocks',
  version: 1,
  events: EVENTS,
  indexes: {
    task: ({ taskId }) => String(taskId),
    due: ({ oldest, left }) => dueValue(oldest && left !== null ? DUE_IMMEDIATELY : undefined),
  },
  touches,
  evolve: (known, event, id) => {
    const next = evolve(known, event, id);
    return next !== undefined && next.keptFrom >= firstOf(next) + BLOCK_SIZE && next.left === null
      ? undefined
      : next;
  },
});

export function firstOf({ block }: Pick<TaskRunBlockDocument, 'block'>): number {
  return block * BLOCK_SIZE + 1;
}

function touches(event: Event): readonly Touch[] {
  switch (event.type) {
    case 'TaskUpdated':
      return event.data.keptFrom > 1 ? [{ where: 'task', equals: String(event.data.taskId) }] : [];
    case 'TaskDeleted':
      return [{ where: 'task', equals: String(event.data.taskId) }];
    case 'TaskRunsDropped':
      return blocksOf(event.data.taskId, [event.data.from, event.data.until, event.data.until + 1]);
    case 'TaskRunEnded':
      return blocksOf(event.data.taskId, [event.data.run]);
    case 'TaskRunsCancelled':
      return blocksOf(event.data.taskId, event.data.runs);
    default: {
      const begin = beginning(event);
      if (begin === undefined) return [];
      const { run, taskId } = begin.begins;
      return blocksOf(taskId, [
        run,
        run + begin.slots.length - 1,
        begin.keptFrom,
        begin.keptFrom - 1,
        begin.keptFrom - begin.slots.length,
      ]);
    }
  }
}

function blocksOf(taskId: number, runs: readonly number[]): string[] {
  return [...new Set(runs.filter((run) => run > 0).map(blockOf))].map((block) => blockId(taskId, block));
}

export function blockOf(run: number): number {
  return Math.floor((run - 1) / BLOCK_SIZE);
}

export function blockId(taskId: number, block: number): string {
  return `${taskId}.${block}`;
}

function evolve(
  known: TaskRunBlockDocument | undefined,
  event: Event,
  id: string,
): TaskRunBlockDocument | undefined {
  const begin = beginning(event);
  if (begin !== undefined) {
    const { run, taskId } = begin.begins;
    return begun(
      known,
      { taskId, run, count: begin.slots.length, keptFrom: begin.keptFrom, at: event.metadata.at },
      id,
    );
  }
  if (known === undefined) return undefined;
  switch (event.type) {
    case 'TaskUpdated':
      return keptLess(known, event.data.keptFrom);
    case 'TaskDeleted':
      return keptLess(known, firstOf(known) + BLOCK_SIZE);
    case 'TaskRunsDropped': {
      const { until } = event.data;
      return {
        ...known,
        left: remainingRunsToDrop(known.left, until),
        oldest: known.oldest || blockOf(until + 1) === known.block,
      };
    }
    case 'TaskRunEnded':
      return withEnds(known, [event.data.run], ENDS[event.data.outcome]);
    case 'TaskRunsCancelled':
      return withEnds(known, event.data.runs, ENDS.cancelled);
    default:
      return known;
  }
}

interface Begun {
  readonly taskId: number;
  readonly run: number;
  readonly count: number;
  readonly keptFrom: number;
  readonly at: number;
}

function begun(
  known: TaskRunBlockDocument | undefined,
  { taskId, run, count, keptFrom, at }: Begun,
  id: string,
): TaskRunBlockDocument | undefined {
  const block =
    known?.block ?? [blockOf(run), blockOf(run + count - 1)].find((each) => blockId(taskId, each) === id);
  if (block === undefined) return undefined;
  const first = firstOf({ block });
  const document = known ?? {
    taskId,
    block,
    ended: '',
    madeFrom: [],
    madeUntil: [],
    keptFrom: first,
    left: null,
    oldest: false,
  };
  const [from, until] = [Math.max(run, first), Math.min(run + count, first + BLOCK_SIZE)];
  const runs = Array.from({ length: Math.max(0, until - from) }, (_, index) => from + index);
  const oldest = document.oldest || block === 0 || block === blockOf(keptFrom);
  return made(
    withEnds({ ...document, oldest, keptFrom: Math.max(document.keptFrom, keptFrom) }, runs, UNFINISHED),
    runs,
    at,
  );
}

function keptLess(known: TaskRunBlockDocument, keptFrom: number): TaskRunBlockDocument {
  const first = firstOf(known);
  const until = Math.min(keptFrom, first + known.ended.length) - 1;
  return { ...known, left: runsToDrop(known, until), keptFrom: Math.max(known.keptFrom, keptFrom) };
}

function withEnds(known: TaskRunBlockDocument, runs: readonly number[], end: string): TaskRunBlockDocument {
  let { ended } = known;
  for (const run of runs) {
    const place = run - firstOf(known);
    if (place < 0 || place >= BLOCK_SIZE) continue;
    ended = ended.slice(0, place).padEnd(place, UNKNOWN) + end + ended.slice(place + 1);
  }
  return { ...known, ended };
}

function made(known: TaskRunBlockDocument, runs: readonly number[], at: number): TaskRunBlockDocument {
  const [madeFrom, madeUntil] = [[...known.madeFrom], [...known.madeUntil]];
  for (const stretch of new Set(runs.map((run) => Math.floor((run - firstOf(known)) / STRETCH_SIZE)))) {
    madeFrom[stretch] = Math.min(madeFrom[stretch] ?? at, at);
    madeUntil[stretch] = Math.max(madeUntil[stretch] ?? at, at);
  }
  return { ...known, madeFrom, madeUntil };
}
