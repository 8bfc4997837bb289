import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';
import { taskNumber } from '../task/identifier.js';

const ofTask = { tenantId: z.string(), taskId: taskNumber };

/** Stream `tenantTasks-<tenant>`: which tasks count for a tenant's quota of tasks. A place is taken before a task is made, and given back with its end. */
export const tenantTaskEvents = {
  /** `account`: who makes the task. */
  TaskPlaceTaken: event(z.strictObject({ ...ofTask, account: z.string() })),
  TaskPlaceGiven: event(z.strictObject(ofTask)),
} as const;

export type TenantTaskEvent = EventsOf<typeof tenantTaskEvents>;
