import { MusterError } from '../../kernel/errors/index.js';
import { slotsAfter } from '../schedule/index.js';
import { MAX_OPEN_RUNS } from './concurrency.js';
import { isWithin } from './decided-spans.js';
import type { TaskEvent } from './events.js';
import { oldestRetainedRun } from './run-retention.js';
import { boundsOf } from './start-bounds.js';
import type { PresentTask } from './state.js';
import { scheduleOf } from './timing.js';

export const MAX_BACKFILL = 1000;
const MAX_COUNTED_SLOTS = 10_000;

/**
 * Why a slot is left out. `decided`: it was already decided. `due`: the schedule will decide it. `paused`: it will be decided when the pause ends.
 * `too_many`: too many runs are waiting.
 */
export const LEFT_OUT_REASONS = ['decided', 'due', 'paused', 'too_many'] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

export interface BackfillSpan {
  readonly from: number;
  readonly to: number;
}

/** Returns the slots of a span in the current schedule. Throws `MUSTER_E_INVALID` without a schedule, or if they exceed {@link MAX_BACKFILL}. */
export function slotsOf(
  { definition: { timing } }: PresentTask,
  { from, to }: BackfillSpan,
): readonly number[] {
  const schedule = scheduleOf(timing);
  if ('problem' in schedule || (timing.pattern === undefined && timing.runAt === undefined))
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'pattern',
      problem: 'the task has no schedule, so there are no slots',
    });
  const slots: number[] = [];
  for (const slot of slotsAfter(schedule, from - 1)) {
    if (slot >= to || slots.length > MAX_COUNTED_SLOTS) break;
    slots.push(slot);
  }
  if (slots.length <= MAX_BACKFILL) return slots;
  const many = slots.length > MAX_COUNTED_SLOTS ? `more than ${MAX_COUNTED_SLOTS}` : String(slots.length);
  throw new MusterError('MUSTER_E_INVALID', {
    field: 'to',
    problem: `the range has ${many} slots; the limit is ${MAX_BACKFILL}`,
  });
}

/** Returns why a slot is left out, or undefined if it may run. The number of waiting runs is not checked. */
export function leftOut(
  { timedAt, decidedUntil, decided, ran, status }: PresentTask,
  slot: number,
): Exclude<LeftOutReason, 'too_many'> | undefined {
  if (ran.some(({ after, until }) => slot > after && slot <= until)) return 'decided';
  if (slot > timedAt && slot > decidedUntil) return status === 'active' ? 'due' : 'paused';
  return slot > timedAt || isWithin(decided, slot) ? 'decided' : undefined;
}

/** Creates a run for each undecided slot, oldest first, up to the limit of open runs. */
export function backfill(task: PresentTask, span: BackfillSpan, now: number): readonly TaskEvent[] {
  if (span.to <= span.from)
    throw new MusterError('MUSTER_E_INVALID', { field: 'to', problem: 'must be later than from' });
  if (span.to > now)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'to',
      problem: 'must not be in the future: the schedule handles future slots',
    });
  const undecided = slotsOf(task, span).filter((slot) => leftOut(task, slot) === undefined);
  const slots = undecided.slice(0, Math.max(0, MAX_OPEN_RUNS - task.runs.size));
  const last = slots.at(-1);
  if (last === undefined) return [];
  const { taskId, tenantId, definition, newestRun } = task;
  const until = slots.length === undecided.length ? span.to - 1 : last;
  const kept = oldestRetainedRun(definition, newestRun + slots.length);
  const run = { run: newestRun + 1, keptFrom: kept, attempts: definition.retryCount + 1, tenantId };
  const queued = definition.timing.concurrency === 'queue' && { behind: task.runs.size };
  const bounds = { ...boundsOf(definition, task.runs.size), ...queued };
  return [{ type: 'TaskBackfilled', data: { taskId, from: span.from, until, slots, ...run, ...bounds } }];
}
