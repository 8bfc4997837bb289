export { allocationIdOf, evaluationIdOf } from './allocation-id.js';
export { ClusterState, markEverything } from './state/cluster-state.js';
export { checkConstraint } from './feasibility/constraint.js';
export { refusedConstraint } from './feasibility/refused-constraint.js';
export * from './plan-log/events.js';
export { DEFAULT_PORT_RANGE, type PortRange } from './capacity/port-range.js';
export { CLUSTER_STATE_EVENTS, evolveClusterState } from './state/evolve.js';
export type { Finding } from './invariants/finding.js';
export { countOf } from './feasibility/group-specification.js';
export {
  dryRun,
  type DryPlacement,
  type DryRun,
  type DryRunRequest,
  type DryStop,
  type GroupDryRun,
} from './planning/dry-run.js';
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
export { recordsOf, Restoration, restore, SNAPSHOT_FORMAT, type SnapshotRecord } from './state/snapshot.js';
