export { checkClusterState, checkPlanLog } from './checks.js';
export { Scheduler, type SchedulerMetrics, type SchedulerOptions } from './scheduler.js';
export { startScheduler, type RunningScheduler, type StartSchedulerOptions } from './start.js';
