import { z } from 'zod';
import { endingEvent, event, type EventsOf } from '../../kernel/event/definition.js';
import { taskNumber } from '../../kernel/task-number.js';

const named = { reservation: z.string(), taskId: taskNumber };

export const taskNameEvents = {
  TaskNameReserved: event(z.strictObject(named)),
  TaskNameReleased: endingEvent(z.strictObject(named)),
} as const;

export type TaskNameEvent = EventsOf<typeof taskNameEvents>;
