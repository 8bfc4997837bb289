import { taskDependencies } from '#projections/tasks/task-dependencies.js';
import { taskCounts } from '#projections/tasks/task-counts.js';
import { taskNotifications } from '#projections/tasks/task-notifications.js';
import { taskRunBlocks } from '#projections/tasks/task-run-blocks.js';
import { taskRunTotals } from '#projections/tasks/task-run-totals.js';
import { taskRuns } from '#projections/tasks/task-runs.js';
import { taskSlots } from '#projections/tasks/task-slots.js';
import { tasks as taskModel } from '#projections/tasks/tasks.js';
import type { SurfaceDeclaration } from '#src/surfaces/surface.js';
import type { TasksParts } from './surface.js';

export type { TasksParts };

export const tasks = {
  name: 'tasks',
  projections: [
    taskModel,
    taskRuns,
    taskRunBlocks,
    taskRunTotals,
    taskSlots,
    taskDependencies,
    taskCounts,
    taskNotifications,
  ],
  load: async () => (await import('./plugin.js')).plugin,
} satisfies SurfaceDeclaration<unknown, TasksParts>;

export const taskBodies = async () => await import('./normalise-task.js');
