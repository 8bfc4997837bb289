import { newestSlot, nextSlot, slotsAfter, type Schedule } from '../schedule/index.js';
import { admit } from './concurrency.js';
import type { SkipReason, TaskEvent } from './events.js';
import { keptFrom } from './kept-runs.js';
import type { Pin } from './pin.js';
import type { PresentTask } from './state.js';
import { jitterOf, scheduleOf } from './timing.js';

/** A slot that is decided later, in milliseconds, is missed. */
export const MISSED_AFTER = 60_000;
/** Slots of a span that are counted. */
const COUNTED = 1000;

/** What the slots to come follow from. */
type Timed = Pick<PresentTask, 'status' | 'definition' | 'decidedUntil'>;

/** The next slot that is to be decided; undefined: none ever, or not before the task is active again. */
export function nextDecision(task: Timed): number | undefined {
  return nextSlots(task, 1)[0];
}

/** Whether nothing of it runs, waits or is to come by its timing. */
export function isOver(task: PresentTask): boolean {
  return task.runs.size === 0 && nextDecision(task) === undefined;
}

/** The next so many. */
export function nextSlots({ status, definition, decidedUntil }: Timed, count: number): readonly number[] {
  const schedule = scheduleOf(definition.timing);
  if (status !== 'active' || 'problem' in schedule) return [];
  const slots: number[] = [];
  if (count > 0)
    for (const slot of slotsAfter(schedule, decidedUntil)) {
      slots.push(slot);
      if (slots.length >= count) break;
    }
  return slots;
}

/** What slots are decided by. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Who made the task may have it run now. */
  readonly permitted: boolean;
  /** What a run of it would be carried out in, where it is to be carried out in something. */
  readonly pin?: Pin | undefined;
}

/**
 * What is decided of all slots up to now that were not decided yet. The newest runs, unless it is missed and the policy says so, or what
 * is unfinished forbids it; all before it are one span: a newer slot was due too.
 */
export function decideSlots(task: PresentTask, moment: Moment): readonly TaskEvent[] {
  const schedule = scheduleOf(task.definition.timing);
  if (task.status !== 'active' || 'problem' in schedule) return [];
  const newest = newestSlot(schedule, task.decidedUntil, moment.now);
  if (newest === undefined) return [];
  return [...skippedSpan(task, schedule, newest - 1, 'missed'), ...decideNewest(task, newest, moment)];
}

/** All slots up to an instant that were not decided yet, as one span that is skipped; nothing where there are none. */
export function skipUntil(task: PresentTask, until: number, reason: SkipReason): readonly TaskEvent[] {
  const schedule = scheduleOf(task.definition.timing);
  return 'problem' in schedule ? [] : skippedSpan(task, schedule, until, reason);
}

function skippedSpan(task: PresentTask, schedule: Schedule, until: number, reason: SkipReason): readonly TaskEvent[] {
  const newest = newestSlot(schedule, task.decidedUntil, until);
  const first = newest === undefined ? undefined : nextSlot(schedule, task.decidedUntil);
  if (newest === undefined || first === undefined) return [];
  let count = 0;
  for (const slot of slotsAfter(schedule, task.decidedUntil)) {
    if (slot > newest || count > COUNTED) break;
    count += 1;
  }
  const data = { taskId: task.taskId, slot: first, decision: 'skipped' as const, reason, until: newest, count: count > COUNTED ? null : count };
  return [{ type: 'TaskSlotDecided', data }];
}

function decideNewest(task: PresentTask, slot: number, { now, permitted, pin }: Moment): readonly TaskEvent[] {
  const { taskId, tenantId, definition, newestRun, runs } = task;
  const { misfire, jitterSeconds } = definition.timing;
  const skipped = (reason: SkipReason): readonly TaskEvent[] => [
    { type: 'TaskSlotDecided', data: { taskId, slot, decision: 'skipped', reason, until: slot, count: 1 } },
  ];
  if (!permitted) return skipped('not_permitted');
  if (now - slot > MISSED_AFTER && misfire === 'skip') return skipped('missed');
  if (definition.work.executor === 'conda' && pin === undefined) return skipped('no_environment');
  const admitted = admit(definition, [...runs.keys()]);
  if ('reason' in admitted) return skipped(admitted.reason);
  const replaced = [...admitted.replaced];
  const run = newestRun + 1;
  const dueAt = slot + jitterOf(taskId, slot, jitterSeconds);
  return [
    ...(replaced.length > 0 ? [{ type: 'TaskRunsCancelled', data: { taskId, runs: replaced, reason: 'replaced' } } as const] : []),
    {
      type: 'TaskSlotDecided',
      data: {
        ...{ taskId, slot, decision: 'run', run, dueAt, keptFrom: keptFrom(definition, run), attempts: definition.retryCount + 1, tenantId },
        ...(pin !== undefined && { pin }),
      },
    },
  ];
}
