import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import { taskEvents, type SkipReason } from '#domain/tasks/task/events.js';
import { projection } from '#domain/kernel/projection.js';
import type { StartedBy } from './task-runs.js';

/**
 * `taskSlots`, id = event id, followed by the slot for a backfilled slot. Indexes: `task`, `skipped` (the task, if there is no run). Times are in
 * milliseconds since the epoch. For a start by another task, `slot` is the time at which that task's run ended.
 */
export interface TaskSlotDocument {
  readonly taskId: number;
  readonly slot: number;
  readonly until: number;
  readonly count: number | null;
  readonly run: number | null;
  readonly reason: SkipReason | null;
  readonly after?: StartedBy;
  readonly decidedAt: number;
}

const EVENTS = only(taskEvents, 'TaskSlotDecided', 'TaskBackfilled', 'TaskChainDecided', 'TaskDeleted');
type EventOf<Type extends keyof typeof EVENTS> = RecordedOf<Pick<typeof EVENTS, Type>>;

export const taskSlots = projection<TaskSlotDocument, typeof EVENTS>({
  name: 'taskSlots',
  version: 2,
  events: EVENTS,
  indexes: {
    task: ({ taskId }) => String(taskId),
    skipped: ({ taskId, run }) => (run === null ? String(taskId) : undefined),
  },
  keep: { index: 'task', newest: 1000 },
  touches: (event) => {
    if (event.type === 'TaskDeleted') return [{ where: 'task', equals: String(event.data.taskId) }];
    if (event.type === 'TaskBackfilled') return event.data.slots.map((slot) => `${event.id}.${slot}`);
    return [event.id];
  },
  evolve: (known, event, id) => {
    if (event.type === 'TaskDeleted') return undefined;
    if (known !== undefined) return known;
    if (event.type === 'TaskChainDecided') return afterRun(event);
    if (event.type === 'TaskBackfilled') return backfilled(event, id);
    const { data } = event;
    const { taskId, slot } = data;
    const decidedAt = event.metadata.at;
    if (data.decision === 'run')
      return { taskId, slot, until: slot, count: 1, run: data.run, reason: null, decidedAt };
    return { taskId, slot, until: data.until, count: data.count, run: null, reason: data.reason, decidedAt };
  },
});

function afterRun({ data, metadata }: EventOf<'TaskChainDecided'>): TaskSlotDocument {
  const { taskId, at, run } = data.after;
  const made = data.decision === 'run' ? { run: data.run, reason: null } : { run: null, reason: data.reason };
  return {
    taskId: data.taskId,
    slot: at,
    until: at,
    count: 1,
    ...made,
    after: { taskId, run },
    decidedAt: metadata.at,
  };
}

function backfilled(
  { id: eventId, data, metadata }: EventOf<'TaskBackfilled'>,
  id: string,
): TaskSlotDocument | undefined {
  const index = data.slots.indexOf(Number(id.slice(eventId.length + 1)));
  const slot = data.slots[index];
  return slot === undefined
    ? undefined
    : {
        taskId: data.taskId,
        slot,
        until: slot,
        count: 1,
        run: data.run + index,
        reason: null,
        decidedAt: metadata.at,
      };
}
