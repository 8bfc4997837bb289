export { checkClusterState, checkPlanLog } from './checks.js';
export { Scheduler, type SchedulerMetrics, type SchedulerOptions, type SchedulerTimings } from './scheduler.js';
export { startScheduler, type RunningScheduler, type StartSchedulerOptions } from './start.js';
