import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { taskNumber } from '../../kernel/task-number.js';

const named = { reservation: z.string(), taskId: taskNumber };

export const taskNameEvents = {
  TaskNameReserved: event(z.strictObject(named)),
  TaskNameReleased: event(z.strictObject(named), { ending: true }),
} as const;

export type TaskNameEvent = EventsOf<typeof taskNameEvents>;
