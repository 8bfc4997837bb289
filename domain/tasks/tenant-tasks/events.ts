import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { taskNumber } from '../../kernel/task-number.js';

const ofTask = { tenantId: z.string(), taskId: taskNumber };

/**
 * The stream `tenantTasks-<tenant>` lists the tasks that count against the tenant's quota. A task is recorded before it is created, and removed when
 * it ends.
 */
export const tenantTaskEvents = {
  TaskPlaceTaken: event(z.strictObject({ ...ofTask, account: z.string() })),
  TaskPlaceGiven: event(z.strictObject(ofTask)),
} as const;

export type TenantTaskEvent = EventsOf<typeof tenantTaskEvents>;
