import { MusterError } from '../errors/index.js';
import { slotsAfter } from '../schedule/index.js';
import { MAX_OPEN_RUNS } from './concurrency.js';
import { isWithin } from './decided-spans.js';
import type { TaskEvent } from './events.js';
import { oldestRetainedRun } from './run-retention.js';
import type { PresentTask } from './state.js';
import { scheduleOf } from './timing.js';

/** Slots of one backfill. */
export const MAX_BACKFILL = 1000;
/** Slots that are counted to say how many there would be. */
const MAX_COUNTED_SLOTS = 10_000;

/** Why a slot of the span gets no run: it was decided before; the schedule is about to, or will when the pause ends; too many runs wait. */
export const LEFT_OUT_REASONS = ['decided', 'due', 'paused', 'too_many'] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

/** A span that is past, in milliseconds since 1970: from `from` on, and before `to`. */
export interface BackfillSpan {
  readonly from: number;
  readonly to: number;
}

/** The slots of a span, by the schedule as it is now. Errors: `MUSTER_E_INVALID` for more than {@link MAX_BACKFILL}, or where there is no schedule. */
export function slotsOf({ definition: { timing } }: PresentTask, { from, to }: BackfillSpan): readonly number[] {
  const schedule = scheduleOf(timing);
  if ('problem' in schedule || (timing.pattern === undefined && timing.runAt === undefined))
    throw new MusterError('MUSTER_E_INVALID', { field: 'pattern', problem: 'the task has none, and so no slots' });
  const slots: number[] = [];
  for (const slot of slotsAfter(schedule, from - 1)) {
    if (slot >= to || slots.length > MAX_COUNTED_SLOTS) break;
    slots.push(slot);
  }
  if (slots.length <= MAX_BACKFILL) return slots;
  const many = slots.length > MAX_COUNTED_SLOTS ? `more than ${MAX_COUNTED_SLOTS}` : String(slots.length);
  throw new MusterError('MUSTER_E_INVALID', { field: 'to', problem: `there would be ${many} slots, and at most ${MAX_BACKFILL} are decided at once` });
}

/** Why a slot is not to be decided; undefined: it is, or was left out because too many runs waited. What came since the timing counts is the schedule's. */
export function leftOut({ timedAt, decidedUntil, decided, ran, status }: PresentTask, slot: number): Exclude<LeftOutReason, 'too_many'> | undefined {
  if (ran.some(({ after, until }) => slot > after && slot <= until)) return 'decided';
  if (slot > timedAt && slot > decidedUntil) return status === 'active' ? 'due' : 'paused';
  return slot > timedAt || isWithin(decided, slot) ? 'decided' : undefined;
}

/** A run for each slot of the span that nobody has decided, the oldest first, as far as there is room. It is told to: `concurrency` does not bind it. */
export function backfill(task: PresentTask, span: BackfillSpan, now: number): readonly TaskEvent[] {
  if (span.to <= span.from) throw new MusterError('MUSTER_E_INVALID', { field: 'to', problem: 'must be later than from' });
  if (span.to > now) throw new MusterError('MUSTER_E_INVALID', { field: 'to', problem: 'must not be in the future: what is to come is for the schedule' });
  const undecided = slotsOf(task, span).filter((slot) => leftOut(task, slot) === undefined);
  const slots = undecided.slice(0, Math.max(0, MAX_OPEN_RUNS - task.runs.size));
  const last = slots.at(-1);
  if (last === undefined) return [];
  const { taskId, tenantId, definition, newestRun } = task;
  const until = slots.length === undecided.length ? span.to - 1 : last;
  const kept = oldestRetainedRun(definition, newestRun + slots.length);
  const run = { run: newestRun + 1, keptFrom: kept, attempts: definition.retryCount + 1, tenantId };
  return [{ type: 'TaskBackfilled', data: { taskId, from: span.from, until, slots, ...run } }];
}
