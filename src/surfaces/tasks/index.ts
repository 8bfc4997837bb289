import { taskDependencies } from '#projections/task-dependencies.js';
import { taskCounts } from '#projections/task-counts.js';
import { taskNotifications } from '#projections/task-notifications.js';
import { taskRunBlocks } from '#projections/task-run-blocks.js';
import { taskRunTotals } from '#projections/task-run-totals.js';
import { taskRuns } from '#projections/task-runs.js';
import { taskSlots } from '#projections/task-slots.js';
import { tasks as taskModel } from '#projections/tasks.js';
import type { SurfaceDeclaration } from '#src/surfaces/kit/index.js';

export const tasks = {
  name: 'tasks',
  projections: [taskModel, taskRuns, taskRunBlocks, taskRunTotals, taskSlots, taskDependencies, taskCounts, taskNotifications],
  load: async () => (await import('./plugin.js')).plugin,
} satisfies SurfaceDeclaration;

/** Loaded lazily by those who compare tasks. */
export const taskBodies = async () => await import('./normalise-task.js');
