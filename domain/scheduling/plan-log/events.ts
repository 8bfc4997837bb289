import { z } from 'zod';
import { event, type EventDefinition, type EventsOf } from '../../kernel/event/definition.js';
import { identifier } from '../../kernel/identifier.js';
import { nodeDevice } from '../../nodes/devices.js';
import { resources } from '../../jobs/job/specification.js';
import { HOLDER_KINDS, QUOTA_NAMES } from '../../accounts/quota/index.js';
import { assignedPorts } from '../../jobs/job/task-port.js';
import { volumeName } from '../../jobs/job/volume.js';

/** Why an evaluation was needed. `ref` is the evaluation id of a job event, or the allocation or node concerned. */
export const trigger = z.strictObject({
  kind: z.enum([
    'job-submitted',
    'job-updated',
    'job-stopped',
    'job-restarted',
    'job-deleted',
    'allocation-ended',
    'allocation-lost',
    'retry-due',
    'capacity-freed',
    'nodes-changed',
  ]),
  ref: z.string(),
});
export type Trigger = z.infer<typeof trigger>;

const quotaExcess = z.strictObject({
  quota: z.enum(QUOTA_NAMES),
  of: z.enum(HOLDER_KINDS),
  holder: z.string(),
  limit: z.number().nonnegative(),
  used: z.number().nonnegative(),
});

export const blockedReason = z.strictObject({
  unplaced: z.number().int(),
  nodes: z.number().int(),
  /** Nodes removed, by the first filter that failed: `unschedulable`, `driver docker`, `constraint disk = ssd` … */
  filtered: z.record(z.string(), z.number().int()),
  /** Of the remaining nodes, how many lack each dimension (`cpu`, `memory`, `gpus`, `port 8080` …); a node may lack several. */
  exhausted: z.record(z.string(), z.number().int()),
  /** The smallest shortage of each lacking dimension among the remaining nodes. */
  short: z.record(z.string(), z.number()),
  /** Of the remaining nodes, how many are too small even when empty; absent: none. */
  oversized: z.number().int().positive().optional(),
  /**
   * The node of each requested volume (`volume NAME` in `filtered` and `exhausted`), null for one that is being
   * deleted; absent: none exists yet.
   */
  volumes: z.record(z.string(), identifier.nullable()).optional(),
  /** The quota that one more allocation would exceed. Nodes are then reported only when none could ever take the group. Absent: none. */
  quota: quotaExcess.optional(),
});
export const blockedReasons = z.record(z.string(), blockedReason);
export type BlockedReason = z.infer<typeof blockedReason>;
export type BlockedReasons = z.infer<typeof blockedReasons>;

export const stopReason = z.enum([
  'job-stopped',
  'job-updated',
  'job-deleted',
  'scaled-down',
  'drain',
  'capacity-shrunk',
]);
export type StopReason = z.infer<typeof stopReason>;

export const releaseOutcome = z.enum(['complete', 'failed', 'stopped', 'lost']);
export type ReleaseOutcome = z.infer<typeof releaseOutcome>;

const version = z.number().int().nonnegative();
const allocation = {
  allocationId: z.string(),
  jobId: z.string(),
  group: z.string(),
  slot: z.number().int().nonnegative(),
  nodeId: identifier,
};
const evaluation = {
  evaluationId: z.string(),
  jobId: z.string(),
  jobVersion: version,
  triggers: z.array(trigger),
};

const released = z.strictObject({
  ...allocation,
  outcome: releaseOutcome,
  /**
   * When the slot may be filled again (ms since the epoch). Absent: never for `complete`, `failed` and `lost` (final),
   * immediately for `stopped`. Meaningless for slots that are no longer wanted.
   */
  retryAt: z.number().int().nonnegative().optional(),
  volumes: z.array(volumeName).optional(),
  /** Its restarts were used up; it is placed again by the group's reschedule policy and its restarts start over. Since version 2. */
  rescheduled: z.literal(true).optional(),
});

const capacitySet = z.strictObject({
  nodeId: identifier,
  epoch: z.number().int().positive(),
  resources,
  schedulable: z.boolean(),
  /** GPU devices that may be allocated, by number. Absent: those that `resources` gives, from 0. */
  devices: z.array(nodeDevice).optional(),
});
const setsCapacity: EventDefinition<typeof capacitySet> = {
  version: 2,
  schema: capacitySet,
  upcasters: { 1: (data) => data },
};

/**
 * The plan log, stream `scheduler`, is the only record of used capacity and slots. The dispatcher starts what was
 * placed and stops what was asked to stop or released while it may still run; projections and schedulers fold it. A
 * slot's outcome is final when it is released as `complete`, or as `failed` or `lost` without `retryAt`; in all other
 * cases it is filled again. An allocation that fails after a stop request counts as `stopped`. All this holds while the
 * job still wants the slot: it was not stopped or deleted, the slot is below `count`, and only JobUpdated events that
 * left the group's work unchanged came since. `lost: replace` (the default) sets `retryAt`: immediately the first time,
 * then after 1 s, 2 s … 5 min, starting over after a run of ten minutes. A lost allocation may still run, so it holds
 * its resources on the node until the node reports the end, although its slot is free. The events of one plan form one
 * append at the exact revision it was planned against. Stops precede the NodeCapacitySet that requires them, so that
 * every prefix is consistent (see `PlanLogCheck`).
 */
export const planEvents = {
  /** The node's registered capacity and its fitness for placements from here on. */
  NodeCapacitySet: setsCapacity,
  AllocationPlaced: event(
    z.strictObject({
      ...allocation,
      /** Revision in `job-<id>` of the event that holds the specification. */
      jobVersion: version,
      /** Number of earlier allocations of this slot within its job version. */
      attempt: z.number().int().nonnegative(),
      epoch: z.number().int().positive(),
      evaluationId: z.string(),
      /** Resources held on the node until the release. */
      resources,
      ports: z.array(z.number().int()).optional(),
      assignedPorts: assignedPorts.optional(),
      /** Volumes that it holds. The first placement of a volume binds it to the node. */
      volumes: z.array(volumeName).optional(),
      /** Those of them that it only reads, which several allocations may share. */
      readOnlyVolumes: z.array(volumeName).optional(),
      gpuDevices: z.record(z.string(), z.array(z.number().int().nonnegative())).optional(),
    }),
  ),
  /** It keeps its resources until it is released. */
  AllocationStopRequested: event(z.strictObject({ ...allocation, reason: stopReason })),
  /** Frees the slot and all resources, except that a `lost` allocation holds its resources until the node reports the end. */
  AllocationReleased: {
    version: 2,
    writtenAs: ({ rescheduled }) => (rescheduled === undefined ? 1 : 2),
    schema: released,
    upcasters: { 1: (data) => data },
  } as EventDefinition<typeof released>,
  /** An unused volume is being deleted and can no longer be allocated, until `VolumeDeleted`. No node: it was never on one. */
  VolumeDropped: event(z.strictObject({ name: volumeName, node: identifier.nullable() })),
  /** Covers its triggers like EvaluationCompleted. Appended again only when the reasons change. */
  EvaluationBlocked: event(z.strictObject({ ...evaluation, reasons: blockedReasons })),
  EvaluationCompleted: event(z.strictObject(evaluation)),
  /** A quota prevented a placement; at most once a minute per quota and holder. `tenant`: null when unknown. */
  QuotaExceeded: event(quotaExcess.extend({ jobId: z.string(), tenant: z.string().nullable() })),
  /**
   * The job leaves the cluster state, because nothing of it is left to place, run or stop. `jobVersion` is that of its
   * newest specification or, if the job had already finished, the revision of the stop or deletion. Ignored when the
   * job has changed meanwhile.
   */
  JobFinished: event(
    z.strictObject({
      jobId: z.string(),
      jobVersion: version,
      outcome: z.enum(['complete', 'failed', 'stopped', 'deleted']),
    }),
  ),
} as const;

export type PlanEvent = EventsOf<typeof planEvents>;
