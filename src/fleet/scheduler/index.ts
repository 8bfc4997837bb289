export { checkClusterState, checkPlanLog } from './on-demand.js';
export type { DryRuns } from './dry-runs.js';
export type { SchedulerMetrics, SchedulerOptions, SchedulerTimings } from './scheduler.js';
export { startScheduler, type RunningScheduler, type StartSchedulerOptions } from './start.js';
