import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';
import { taskNumber } from '../task/identifier.js';

const named = { reservation: z.string(), taskId: taskNumber };

/** Stream `taskname-<reservation>`; the reservation is made of tenant and name. It is taken before the task says that it is its name. */
export const taskNameEvents = {
  TaskNameReserved: event(z.strictObject(named)),
  TaskNameReleased: event(z.strictObject(named)),
} as const;

export type TaskNameEvent = EventsOf<typeof taskNameEvents>;
