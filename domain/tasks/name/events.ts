import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { taskNumber } from '../task/identifier.js';

const named = { reservation: z.string(), taskId: taskNumber };

/** Stream `taskname-<reservation>`; the reservation is derived from tenant and name. The name is reserved before the task adopts it. */
export const taskNameEvents = {
  TaskNameReserved: event(z.strictObject(named)),
  TaskNameReleased: event(z.strictObject(named)),
} as const;

export type TaskNameEvent = EventsOf<typeof taskNameEvents>;
