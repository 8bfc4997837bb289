import { setImmediate } from 'node:timers/promises';
import type { MovedTask } from '#domain/cluster/events.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { Zone } from '#domain/tasks/schedule/index.js';
import { movedSlot } from '#domain/tasks/task/index.js';
import { tasks, type TaskDocument } from '#projections/tasks/tasks.js';

/** Returns all tasks with slots that move. `former`: the zones that had other times, by their names in lower case. Rejects when `limit` aborts. */
export type FindMovedTasks = (
  former: ReadonlyMap<string, Zone>,
  limit: AbortSignal,
) => Promise<readonly MovedTask[]>;

/** Returns the tasks with slots that move, by number. `former`: the zones that had other times, by their names in lower case. Rejects when `limit` aborts. */
export async function movedTasks(
  readModels: Pick<ReadModels, 'list'>,
  former: ReadonlyMap<string, Zone>,
  limit: AbortSignal,
): Promise<readonly MovedTask[]> {
  const moved: MovedTask[] = [];
  if (former.size === 0) return moved;
  for await (const page of readModels.list(tasks.name, { by: 'due' })) {
    for (const { json } of page) {
      limit.throwIfAborted();
      const task = JSON.parse(json) as TaskDocument;
      if (!former.has(task.definition.timing.timezone.toLowerCase())) continue;
      const slot = movedSlot(task, former);
      if (slot !== undefined) moved.push({ taskId: task.taskId, ...slot });
      // Slots of a year may take milliseconds for each task, and requests go on in the meantime.
      await setImmediate();
    }
  }
  return moved.sort((one, other) => one.taskId - other.taskId);
}
