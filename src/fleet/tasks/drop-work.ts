import { tasks, type TaskCommand, type TaskEvent, type TaskState } from '#domain/tasks/task/index.js';
import { DUE_IMMEDIATELY, NO_WORK } from '#domain/work/index.js';
import { taskRunBlocks, type TaskRunBlockDocument } from '#projections/tasks/task-run-blocks.js';
import { ownedWork, type AnyOwnedWork } from '#src/fleet/owned-work/index.js';

export const dropWork = (): AnyOwnedWork =>
  ownedWork<TaskCommand, TaskEvent, TaskState, TaskRunBlockDocument>({
    name: 'task-drops',
    surface: 'tasks',
    concurrency: 1,
    projection: taskRunBlocks,
    aggregate: tasks,
    item: ({ taskId }) => ({ stream: String(taskId), workId: `task-${taskId}`, jobId: '' }),
    dueAt: ({ oldest, left }) => (oldest && left !== null ? DUE_IMMEDIATELY : undefined),
    view: () => NO_WORK,
    settle: (_task, { taskId, left }) =>
      left === null ? undefined : { kind: 'dropRuns', taskId, until: left.until },
    want: () => undefined,
    job: () => undefined,
  });
