import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { MAX_DEPENDENCIES } from '../task/dependencies.js';
import { taskNumber } from '../../kernel/task-number.js';

/**
 * The stream `taskDependencies-<tenant>` serializes the changes of a tenant's dependencies. A change is recorded here before the task is updated. If
 * two changes would form a cycle, the second is therefore checked against the first.
 */
export const taskDependencyEvents = {
  /** The task depends on `after` from now on. */
  TaskDependenciesSet: event(
    z.strictObject({
      tenantId: z.string(),
      taskId: taskNumber,
      after: z.array(taskNumber).max(MAX_DEPENDENCIES),
    }),
  ),
} as const;

export type TaskDependencyEvent = EventsOf<typeof taskDependencyEvents>;
