export { allocationIdOf } from './allocation-id.js';
export { ClusterState, markEverything } from './state/cluster-state.js';
export { fulfilsConstraints } from './feasibility/constraint.js';
export { refusedConstraint } from './feasibility/refused-constraint.js';
export * from './plan-log/events.js';
export type { PortRange } from './capacity/port-range.js';
export { CLUSTER_STATE_EVENTS, evolveClusterState, type ClusterStateEvent } from './state/evolve.js';
export { dryRun, type DryRun, type DryRunRequest, type GroupDryRun } from './planning/dry-run.js';
export {
  explainBlocked,
  explainPlacement,
  type BlockedGroup,
  type DecidedPlan,
  type ExplainOptions,
  type NodeSurvey,
  type PlacementDifference,
  type PlacementExplanation,
} from './planning/explain-placement.js';
export type { QuotaUsage } from './capacity/quota-ledger.js';
export type { NodeVerdict } from './planning/node-verdict.js';
export { PLAN_LOG_EVENTS, PLAN_LOG_STREAM_PREFIXES, PlanLogCheck } from './invariants/plan-log-check.js';
export {
  hasWork,
  nextDue,
  plan,
  PLAN_LIMITS,
  type Plan,
  type PlanLimits,
  type PlannedEvent,
} from './planning/plan.js';
export { SCHEDULING_RULES } from './planning/score.js';
export { recordsOf, Restoration, restore, SNAPSHOT_FORMAT, type SnapshotRecord } from './state/snapshot.js';
