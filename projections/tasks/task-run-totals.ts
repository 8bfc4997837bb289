import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import { taskEvents, type Outcome } from '#domain/tasks/task/index.js';
import { projection, type Touch } from '#domain/kernel/projection.js';
import { BLOCK_SIZE, blockOf } from './task-run-blocks.js';
import { BEGINNINGS, beginning } from './task-runs.js';

export const BLOCKS = 100;
/** Tasks with at most this many blocks need no totals, because their blocks are read one by one. */
const UNCOUNTED_BLOCKS = 10;
const HUNDRED = BLOCKS * BLOCK_SIZE;

export type End = Outcome | 'cancelled';

/**
 * `taskRunTotals`, id = `<task>.<hundred>`. Index: `task`. Totals of a hundred blocks of runs (`taskRunBlocks`). Times are in milliseconds since the
 * epoch.
 */
export interface TaskRunTotalsDocument {
  readonly taskId: number;
  readonly hundred: number;
  readonly begun: readonly (number | null)[];
  readonly ended: Readonly<Record<End, readonly number[]>>;
  /** Earliest and latest creation time. Both are stored, because clocks can be set back. */
  readonly madeFrom: readonly number[];
  readonly madeUntil: readonly number[];
}

const EVENTS = {
  ...BEGINNINGS,
  ...only(taskEvents, 'TaskUpdated', 'TaskDeleted', 'TaskRunEnded', 'TaskRunsCancelled'),
};
type Event = RecordedOf<typeof EVENTS>;

/**
 * Outcomes and creation times per block for tasks with many runs, which are enough to find the blocks of a page. Tasks with few runs have no
 * document. In a task with many runs, up to {@link UNCOUNTED_BLOCKS} + 1 blocks are not counted: the oldest and the newest ones.
 */
export const taskRunTotals = projection<TaskRunTotalsDocument, typeof EVENTS>({
  name: 'taskRunTotals',
  version: 1,
  events: EVENTS,
  indexes: { task: ({ taskId }) => String(taskId) },
  touches,
  evolve,
});

export function totalsId(taskId: number, block: number): string {
  return `${taskId}.${Math.floor(block / BLOCKS)}`;
}

function touches(event: Event): readonly Touch[] {
  switch (event.type) {
    case 'TaskUpdated':
      return event.data.keptFrom > HUNDRED ? [{ where: 'task', equals: String(event.data.taskId) }] : [];
    case 'TaskDeleted':
      return [{ where: 'task', equals: String(event.data.taskId) }];
    case 'TaskRunEnded':
      return hundredsOf(event.data.taskId, [event.data.run]);
    case 'TaskRunsCancelled':
      return hundredsOf(event.data.taskId, event.data.runs);
    default: {
      const begin = beginning(event);
      if (begin === undefined) return [];
      const { run, taskId } = begin.begins;
      return hundredsOf(taskId, [
        run,
        run + begin.slots.length - 1,
        begin.keptFrom - 1,
        begin.keptFrom - begin.slots.length,
      ]);
    }
  }
}

/** The first {@link UNCOUNTED_BLOCKS} blocks of a task are never counted. */
function hundredsOf(taskId: number, runs: readonly number[]): string[] {
  return [
    ...new Set(
      runs.filter((run) => run > UNCOUNTED_BLOCKS * BLOCK_SIZE).map((run) => totalsId(taskId, blockOf(run))),
    ),
  ];
}

function evolve(
  known: TaskRunTotalsDocument | undefined,
  event: Event,
  id: string,
): TaskRunTotalsDocument | undefined {
  const begin = beginning(event);
  if (begin !== undefined) {
    const { keptFrom, slots } = begin;
    const { run, taskId } = begin.begins;
    const document =
      known ??
      (run - keptFrom >= UNCOUNTED_BLOCKS * BLOCK_SIZE ? emptyOf(taskId, run, slots.length, id) : undefined);
    return document && keptSince(counted(document, run, slots.length, event.metadata.at), keptFrom);
  }
  if (known === undefined) return undefined;
  switch (event.type) {
    case 'TaskUpdated':
      return keptSince(known, event.data.keptFrom);
    case 'TaskDeleted':
      return undefined;
    case 'TaskRunEnded':
      return withEnds(known, [event.data.run], event.data.outcome);
    case 'TaskRunsCancelled':
      return withEnds(known, event.data.runs, 'cancelled');
    default:
      return known;
  }
}

function emptyOf(taskId: number, run: number, count: number, id: string): TaskRunTotalsDocument | undefined {
  const block = [run, run + count - 1].map(blockOf).find((each) => totalsId(taskId, each) === id);
  if (block === undefined) return undefined;
  const none = Array.from({ length: BLOCKS }, () => 0);
  return {
    taskId,
    hundred: Math.floor(block / BLOCKS),
    begun: none.map(() => null),
    ended: { success: none, failed: none, timeout: none, cancelled: none },
    madeFrom: none,
    madeUntil: none,
  };
}

function counted(
  known: TaskRunTotalsDocument,
  run: number,
  count: number,
  at: number,
): TaskRunTotalsDocument {
  let next = known;
  for (const block of new Set([run, run + count - 1].map(blockOf))) {
    const place = placeOf(known, block);
    if (place === undefined) continue;
    const first = block * BLOCK_SIZE + 1;
    const before = run <= first ? 0 : next.begun[place];
    if (before === null || before === undefined) continue;
    const begun = before + Math.min(run + count, first + BLOCK_SIZE) - Math.max(run, first);
    const [from, until] =
      before === 0
        ? [at, at]
        : [Math.min(next.madeFrom[place] ?? at, at), Math.max(next.madeUntil[place] ?? at, at)];
    next = {
      ...next,
      begun: next.begun.with(place, begun),
      madeFrom: next.madeFrom.with(place, from),
      madeUntil: next.madeUntil.with(place, until),
    };
  }
  return next;
}

function withEnds(known: TaskRunTotalsDocument, runs: readonly number[], end: End): TaskRunTotalsDocument {
  const counts = [...known.ended[end]];
  let changed = false;
  for (const run of runs) {
    const place = placeOf(known, blockOf(run));
    if (place === undefined || known.begun[place] === null) continue;
    counts[place] = (counts[place] ?? 0) + 1;
    changed = true;
  }
  return changed ? { ...known, ended: { ...known.ended, [end]: counts } } : known;
}

function placeOf({ hundred }: TaskRunTotalsDocument, block: number): number | undefined {
  const place = block - hundred * BLOCKS;
  return place >= 0 && place < BLOCKS ? place : undefined;
}

function keptSince(known: TaskRunTotalsDocument, keptFrom: number): TaskRunTotalsDocument | undefined {
  return keptFrom > (known.hundred + 1) * HUNDRED ? undefined : known;
}
