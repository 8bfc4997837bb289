export { checkClusterState, checkPlanLog, openClusterStates, openDecisions } from './on-demand.js';
export type { DryRuns } from './dry-runs.js';
export type { SchedulerMetrics, SchedulerTimings } from './scheduler.js';
export { MAX_DRY_RUNS, startScheduler, type RunningScheduler } from './start.js';
export type { Decision } from './decisions.js';
export { startDecisions, type DecisionReads, type DecisionSettings } from './start-decisions.js';
export type { ClusterStates } from './cluster-states.js';
