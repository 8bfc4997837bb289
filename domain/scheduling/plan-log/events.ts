import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { identifier } from '../../kernel/identifier.js';
import { nodeDevice } from '../../nodes/devices.js';
import { port } from '../../jobs/job/name.js';
import { resources } from '../../jobs/job/specification.js';
import { HOLDER_KINDS, SCHEDULED_QUOTA_NAMES } from '../../accounts/quota/index.js';
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
  quota: z.enum(SCHEDULED_QUOTA_NAMES),
  of: z.enum(HOLDER_KINDS),
  holder: z.string(),
  limit: z.number().nonnegative(),
  used: z.number().nonnegative(),
  requested: z
    .number()
    .nonnegative()
    .optional()
    .meta({ description: 'What one instance requests, if that alone exceeds the limit' }),
});

export const blockedReason = z.strictObject({
  unplaced: z.number().int(),
  nodes: z.number().int(),
  /** Nodes removed, by the first filter that they failed: `unschedulable`, `driver docker`, `constraint disk = ssd` … */
  filtered: z.record(z.string(), z.number().int()),
  exhausted: z.record(z.string(), z.number().int()),
  /** The smallest shortfall per lacking dimension among the remaining nodes. */
  short: z.record(z.string(), z.number()),
  oversized: z.number().int().positive().optional(),
  /** The node of each requested volume, or null if the volume is being deleted. Absent if none of the volumes exists yet. */
  volumes: z.record(z.string(), identifier.nullable()).optional(),
  /** The quota that one more allocation would exceed, if any. Nodes are then reported only if none could ever take the group. */
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
   * When the slot may be filled again, in milliseconds since the epoch. If absent: never for `complete`, `failed` and `lost` (final), immediately for
   * `stopped`. Meaningless for slots that are no longer wanted.
   */
  retryAt: z.number().int().nonnegative().optional(),
  volumes: z.array(volumeName).optional(),
  /** Its restarts were used up. The group's reschedule policy places it again, and its restarts start over. */
  rescheduled: z.literal(true).optional(),
  /** Nothing was started, because a program outside Muster holds this dynamic port. It is left out on the node for a while. */
  takenPort: port.optional(),
});

const capacitySet = z.strictObject({
  nodeId: identifier,
  epoch: z.number().int().positive(),
  resources,
  schedulable: z.boolean(),
  /** GPU devices that may be allocated. Default: as many as `resources` contains, numbered from 0. */
  devices: z.array(nodeDevice).optional(),
});

/**
 * The plan log, stream `scheduler`, is the only record of used capacity and slots. Projections and schedulers fold it. The dispatcher starts placed
 * allocations, and stops allocations whose stop was requested or that were released while they may still be running.
 *
 * A slot's outcome is final if it is released as `complete`, or as `failed` or `lost` without `retryAt`. In all other cases it is filled again. An
 * allocation that fails after a stop request counts as `stopped`. All this applies while the slot is still wanted: the job was not stopped or
 * deleted, the slot is below `count`, and later JobUpdated events left the group's work unchanged.
 *
 * `lost: replace` (the default) sets `retryAt`: immediately the first time, then after 1 s, 2 s … 5 min, starting over after a run of ten minutes. A
 * lost allocation may still be running, so it holds its resources on the node until the node reports the end, although its slot is free.
 *
 * The events of one plan form one append at the exact revision against which it was planned. Stops precede the NodeCapacitySet that requires them, so
 * that every prefix is consistent (see `PlanLogCheck`).
 */
export const planEvents = {
  NodeCapacitySet: event(capacitySet, { ending: true }),
  AllocationPlaced: event(
    z.strictObject({
      ...allocation,
      jobVersion: version,
      attempt: z.number().int().nonnegative(),
      epoch: z.number().int().positive(),
      evaluationId: z.string(),
      resources,
      ports: z.array(z.number().int()).optional(),
      assignedPorts: assignedPorts.optional(),
      volumes: z.array(volumeName).optional(),
      /** Volumes that the allocation only reads. Several allocations may share them. */
      readOnlyVolumes: z.array(volumeName).optional(),
      gpuDevices: z.record(z.string(), z.array(z.number().int().nonnegative())).optional(),
      /** Score of the node in thousandths, against which an explanation is checked. */
      score: z.number().int().min(0).max(1000).optional(),
    }),
  ),
  AllocationStopRequested: event(z.strictObject({ ...allocation, reason: stopReason }), { ending: true }),
  /** Frees the slot and all resources, except that a `lost` allocation holds its resources until the node reports the end. */
  AllocationReleased: event(released, { ending: true, failure: 'by outcome' }),
  /** An unused volume is being deleted, and can no longer be allocated until `VolumeDeleted`. `node` is null if it was never on a node. */
  VolumeDropped: event(z.strictObject({ name: volumeName, node: identifier.nullable() }), { ending: true }),
  EvaluationBlocked: event(z.strictObject({ ...evaluation, reasons: blockedReasons }), { ending: true }),
  EvaluationCompleted: event(z.strictObject(evaluation), { ending: true }),
  /** A quota prevented a placement. Recorded at most once a minute per quota and holder. `tenant` is null if unknown. */
  QuotaExceeded: event(quotaExcess.extend({ jobId: z.string(), tenant: z.string().nullable() })),
  /**
   * The job leaves the cluster state, because none of it is left to place, run or stop. `jobVersion` is the version of its latest specification or,
   * if the job had already finished, the revision of the stop or deletion. Ignored if the job has changed in the meantime.
   */
  JobFinished: event(
    z.strictObject({
      jobId: z.string(),
      jobVersion: version,
      outcome: z.enum(['complete', 'failed', 'stopped', 'deleted']),
    }),
    { ending: true },
  ),
} as const;

export type PlanEvent = EventsOf<typeof planEvents>;
