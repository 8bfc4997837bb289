import { taskChains } from '#projections/task-chains.js';
import { taskCounts } from '#projections/task-counts.js';
import { taskNotices } from '#projections/task-notices.js';
import { taskRunBlocks } from '#projections/task-run-blocks.js';
import { taskRunTotals } from '#projections/task-run-totals.js';
import { taskRuns } from '#projections/task-runs.js';
import { taskSlots } from '#projections/task-slots.js';
import { tasks as taskModel } from '#projections/tasks.js';
import type { SurfaceDeclaration } from '#src/surfaces/kit/index.js';

export const tasks = {
  name: 'tasks',
  projections: [taskModel, taskRuns, taskRunBlocks, taskRunTotals, taskSlots, taskChains, taskCounts, taskNotices],
  load: async () => (await import('./served.js')).served,
} satisfies SurfaceDeclaration;

/** Loaded lazily by those who compare tasks. */
export const taskBodies = async () => await import('./normalise-task.js');
