import { newestSlot, nextSlot, slotsAfter, type Schedule, type Zone } from '../schedule/index.js';
import { admit } from './concurrency.js';
import type { Timing } from './definition.js';
import type { SkipReason, TaskEvent } from './events.js';
import { oldestRetainedRun } from './run-retention.js';
import type { Pin } from '../../environments/environment/pin.js';
import { boundsOf, MISSED_AFTER_MS } from './start-bounds.js';
import { openSpans, type RanSpan } from './ran-spans.js';
import { CLOCK_TOLERANCE_MS, type PresentTask } from './state.js';
import { jitterOf, scheduleOf } from './timing.js';

const MAX_COUNTED_SLOTS = 1000;

/** The fields that determine upcoming slots. `ran` and `held` are those of {@link PresentTask}. */
export type Timed = Pick<PresentTask, 'status' | 'definition' | 'decidedUntil' | 'ran' | 'held'>;

export function nextDecision(task: Timed): number | undefined {
  return task.held ? undefined : nextSlots(task, 1)[0];
}

/** Returns whether the task is finished: no open run and no slot to come. */
export function isOver(task: PresentTask): boolean {
  return task.runs.size === 0 && nextDecision(task) === undefined;
}

export function nextSlots(task: Timed, count: number, now?: number): readonly number[] {
  const slots: number[] = [];
  if (count <= 0) return slots;
  for (const slot of openSlots(task, now)) {
    slots.push(slot);
    if (slots.length >= count) break;
  }
  return slots;
}

function* openSlots(
  { status, definition, decidedUntil, ran, held }: Timed,
  now = decidedUntil,
  zone?: Zone,
): Generator<number, void, undefined> {
  const schedule = scheduleOf(definition.timing, zone);
  if (status !== 'active' || 'problem' in schedule) return;
  for (const { after, until } of openSpans(ran, {
    after: held ? Math.max(decidedUntil, now) : decidedUntil,
    until: Infinity,
  })) {
    for (const slot of slotsAfter(schedule, after)) {
      if (slot > until) break;
      yield slot;
    }
  }
}

/** Number of slots that are compared: those of a daily schedule for a year. New rules often apply from a later day on. */
const COMPARED_SLOTS = 366;

/** The first slot of a task that other time zone data move, and when it was `before`, in milliseconds since 1970. Null: there is none. */
export interface MovedSlot {
  readonly before: number | null;
  readonly at: number | null;
}

/** @param former zones that had other times in the former data, by their names in lower case */
export function movedSlot(task: Timed, former: ReadonlyMap<string, Zone>): MovedSlot | undefined {
  const zone = former.get(task.definition.timing.timezone.toLowerCase());
  if (zone === undefined) return undefined;
  const slots = openSlots(task);
  const then = openSlots(task, undefined, zone);
  for (let compared = 0; compared < COMPARED_SLOTS; compared += 1) {
    const [before, at] = [then.next().value ?? null, slots.next().value ?? null];
    if (before !== at) return { before, at };
    if (at === null) return undefined;
  }
  return undefined;
}

/** When the task runs next, in milliseconds since 1970. Null if it never will, or is inactive. `nextSlot` is the first undecided slot. */
export function nextRunAt(task: Timed & { readonly nextSlot: number | null }, now: number): number | null {
  return task.held ? (nextSlots(task, 1, now)[0] ?? null) : task.nextSlot;
}

/** Returns whether slots further in the future than `toleranceMs`, the allowed difference between servers' clocks, were decided. */
export function isAhead(
  { decidedUntil }: Pick<PresentTask, 'decidedUntil'>,
  now: number,
  toleranceMs = CLOCK_TOLERANCE_MS,
): boolean {
  return decidedUntil > now + toleranceMs;
}

export interface Moment {
  readonly now: number;
  readonly permitted: boolean;
  readonly overQuota?: boolean;
  readonly pin?: Pin | undefined;
}

/**
 * Decides all undecided slots up to now. The latest one runs, unless it was missed and the policy skips it, or unfinished runs forbid it. All earlier
 * ones are skipped as one span.
 */
export function decideSlots(task: PresentTask, moment: Moment): readonly TaskEvent[] {
  const schedule = scheduleOf(task.definition.timing);
  if (task.status !== 'active' || task.held || 'problem' in schedule) return [];
  const open = openSpans(task.ran, { after: task.decidedUntil, until: moment.now });
  const newestOpen = open.at(-1);
  const events = open.slice(0, -1).flatMap((span) => skippedSpan(task, schedule, span, 'missed'));
  if (newestOpen === undefined) return events;
  const newest = newestSlot(schedule, newestOpen.after, newestOpen.until);
  if (newest === undefined) return events;
  // A newer slot already ran while the clock was ahead.
  if (newestOpen.until < moment.now && newestSlot(schedule, newestOpen.until, moment.now) !== undefined)
    return [...events, ...skippedSpan(task, schedule, newestOpen, 'missed')];
  return [
    ...events,
    ...skippedSpan(task, schedule, { after: newestOpen.after, until: newest - 1 }, 'missed'),
    ...decideNewest(task, newest, moment),
  ];
}

export function skipUntil(task: PresentTask, until: number, reason: SkipReason): readonly TaskEvent[] {
  const schedule = scheduleOf(task.definition.timing);
  if ('problem' in schedule) return [];
  return openSpans(task.ran, { after: task.decidedUntil, until }).flatMap((span) =>
    skippedSpan(task, schedule, span, reason),
  );
}

function skippedSpan(
  { taskId }: PresentTask,
  schedule: Schedule,
  { after, until }: RanSpan,
  reason: SkipReason,
): readonly TaskEvent[] {
  const newest = newestSlot(schedule, after, until);
  const first = newest === undefined ? undefined : nextSlot(schedule, after);
  if (newest === undefined || first === undefined) return [];
  let count = 0;
  for (const slot of slotsAfter(schedule, after)) {
    if (slot > newest || count > MAX_COUNTED_SLOTS) break;
    count += 1;
  }
  const data = {
    taskId,
    slot: first,
    decision: 'skipped' as const,
    reason,
    until: newest,
    count: count > MAX_COUNTED_SLOTS ? null : count,
  };
  return [{ type: 'TaskSlotDecided', data }];
}

/** Returns whether a missed slot may no longer run. The server needs some time to decide a slot, so none is missed at once. */
function isTooLate({ misfire, misfireWithinSeconds, endAt }: Timing, slot: number, now: number): boolean {
  const late = now - slot;
  if (misfireWithinSeconds !== undefined && late > misfireWithinSeconds * 1000) return true;
  return late > MISSED_AFTER_MS && (misfire === 'skip' || (endAt !== undefined && now > endAt));
}

function decideNewest(
  task: PresentTask,
  slot: number,
  { now, permitted, overQuota, pin }: Moment,
): readonly TaskEvent[] {
  const { taskId, tenantId, definition, newestRun, runs } = task;
  const skipped = (reason: SkipReason): readonly TaskEvent[] => [
    { type: 'TaskSlotDecided', data: { taskId, slot, decision: 'skipped', reason, until: slot, count: 1 } },
  ];
  if (!permitted) return skipped('not_permitted');
  if (isTooLate(definition.timing, slot, now)) return skipped('missed');
  if (overQuota === true) return skipped('over_quota');
  if (definition.work.executor === 'conda' && pin === undefined) return skipped('no_environment');
  const admitted = admit(definition, [...runs.keys()]);
  if ('reason' in admitted) return skipped(admitted.reason);
  const replaced = [...admitted.replaced];
  const run = newestRun + 1;
  const dueAt = slot + jitterOf(taskId, slot, definition.timing.jitterSeconds);
  return [
    ...(replaced.length > 0
      ? [{ type: 'TaskRunsCancelled', data: { taskId, runs: replaced, reason: 'replaced' } } as const]
      : []),
    {
      type: 'TaskSlotDecided',
      data: {
        taskId,
        slot,
        decision: 'run',
        run,
        dueAt,
        keptFrom: oldestRetainedRun(definition, run),
        attempts: definition.retryCount + 1,
        tenantId,
        ...(pin !== undefined && { pin }),
        ...boundsOf(definition, runs.size - replaced.length, dueAt),
      },
    },
  ];
}
