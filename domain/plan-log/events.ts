import { z } from 'zod';
import { event, type EventDefinition, type EventsOf } from '../event/definition.js';
import { identifier } from '../identifier.js';
import { nodeDevice } from '../node-devices.js';
import { resources } from '../job/specification.js';
import { HOLDER_KINDS, QUOTA_NAMES } from '../quota/index.js';
import { assignedPorts } from '../job/task-port.js';
import { volumeName } from '../job/volume.js';

/** What made an evaluation necessary. `ref` is the evaluation id of a job event, or the allocation or node concerned. */
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

/** A quota that one more allocation would pass. */
const quotaExcess = z.strictObject({
  quota: z.enum(QUOTA_NAMES),
  of: z.enum(HOLDER_KINDS),
  /** Id of the tenant, or of the account. */
  holder: z.string(),
  limit: z.number().nonnegative(),
  used: z.number().nonnegative(),
});

/** Why a group could not be placed, as numbers. */
export const blockedReason = z.strictObject({
  /** Allocations of the group that still want a node. */
  unplaced: z.number().int(),
  /** Nodes looked at. */
  nodes: z.number().int(),
  /** How many nodes each filter removed, the first that failed: `unschedulable`, `driver docker`, `constraint disk = ssd` … */
  filtered: z.record(z.string(), z.number().int()),
  /** Of the nodes left, how many lacked each dimension (`cpu`, `memory`, `gpus`, `port 8080` …); one node may lack several. */
  exhausted: z.record(z.string(), z.number().int()),
  /** For each dimension that was lacking, the least that is short on any node left. */
  short: z.record(z.string(), z.number()),
  /** Of the nodes left, how many are too small for the group even when nothing else is on them; absent: none. */
  oversized: z.number().int().positive().optional(),
  /** Of the volumes that it wants (`volume NAME` in `filtered` and `exhausted`) the node that each is on, null for one that is being deleted; absent: none is anywhere. */
  volumes: z.record(z.string(), identifier.nullable()).optional(),
  /** Quota that one more allocation would pass; nodes are then told only where none of them could ever take the group. Absent: none. */
  quota: quotaExcess.optional(),
});
export const blockedReasons = z.record(z.string(), blockedReason);
export type BlockedReason = z.infer<typeof blockedReason>;
export type BlockedReasons = z.infer<typeof blockedReasons>;

/** Why an allocation is asked to stop. */
export const stopReason = z.enum(['job-stopped', 'job-updated', 'job-deleted', 'scaled-down', 'drain', 'capacity-shrunk']);
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
const evaluation = { evaluationId: z.string(), jobId: z.string(), jobVersion: version, triggers: z.array(trigger) };

const released = z.strictObject({
  ...allocation,
  outcome: releaseOutcome,
  /**
   * When the slot may be filled again (ms since the epoch). Absent: never for `complete`, `failed` and `lost` (the slot's outcome
   * is final), at once for `stopped`. Means nothing where the slot is no longer asked for: job stopped, group replaced, scaled down.
   */
  retryAt: z.number().int().nonnegative().optional(),
  /** Volumes that it held. */
  volumes: z.array(volumeName).optional(),
  /** Its restarts were used up: it is placed again by the group's reschedule policy, and its restarts begin anew. Since version 2. */
  rescheduled: z.literal(true).optional(),
});

const capacitySet = z.strictObject({
  nodeId: identifier,
  epoch: z.number().int().positive(),
  resources,
  schedulable: z.boolean(),
  /** GPU devices that may be given away, by number. Absent: as many as `resources` says, from 0. */
  devices: z.array(nodeDevice).optional(),
});
/** Since version 2 devices are named. */
const setsCapacity: EventDefinition<typeof capacitySet> = { version: 2, schema: capacitySet, upcasters: { 1: (data) => data } };

/**
 * The plan log: the only ledger of capacity and slots. All in the one stream `scheduler`.
 *
 * Who does what with it:
 * - the dispatcher: AllocationPlaced → order it from the node's agent; AllocationStopRequested, and AllocationReleased of what no agent
 *   said had ended (`lost`) → stop it; AllocationReleased of what had ended → forget it;
 * - the projections: a slot's newest allocation, its status, whether its outcome is final; reasons; evaluations;
 * - schedulers: all of it, by `evolveClusterState`.
 *
 * When a slot's outcome is final (nothing is placed there again in this form of its group): released `complete`; released `failed` or `lost`
 * without `retryAt`. Released `stopped`, or with a `retryAt`, it is filled again. An allocation that was asked to stop and then fails counts
 * as `stopped`; one that completes all the same is `complete`.
 *
 * This holds for allocations that the job still wants: not stopped or deleted since, of a slot below the group's `count`, and of a
 * version in which the group was the same work as now (equal but for `count`, job constraints included, in all versions between,
 * by JobUpdated alone: a stop, a restart or a submission begins anew). Of all others a release says only that the slot is free.
 *
 * `lost: replace` (the default) is released with a `retryAt`: at once the first time, then with pauses of 1 s, 2 s … 5 min, from the start
 * again after ten minutes' run. `lost: fail` is final. What was lost may still run: its node is told to stop it when it is heard again. Until the
 * node has said that it has ended (`AllocationStopped` and the like in the node's stream) it holds all that it had there, though its slot is free.
 *
 * Events come in appends of one plan, each at the exact revision it was planned against. Within one, and from one to the next, stops come
 * before the NodeCapacitySet that makes them necessary, so that every prefix is sound (see `PlanLogCheck`).
 */
export const planEvents = {
  /** A node's registered capacity and its fitness for placements count from here. */
  NodeCapacitySet: setsCapacity,
  AllocationPlaced: event(
    z.strictObject({
      ...allocation,
      /** The revision in `job-<id>` whose event holds the specification. */
      jobVersion: version,
      /** Counts the allocations that this slot had, from 0, within its job version. */
      attempt: z.number().int().nonnegative(),
      epoch: z.number().int().positive(),
      evaluationId: z.string(),
      /** What it holds on the node until it is released. */
      resources,
      /** Host ports that it holds. */
      ports: z.array(z.number().int()).optional(),
      /** Those among them that the scheduler chose, by task. */
      assignedPorts: assignedPorts.optional(),
      /** Volumes that it holds. From its first placement on a volume is on that node. */
      volumes: z.array(volumeName).optional(),
      /** Those among them that it only reads: several allocations may hold one so. */
      readOnlyVolumes: z.array(volumeName).optional(),
      /** Numbers of the GPU devices that it holds, by task. */
      gpuDevices: z.record(z.string(), z.array(z.number().int().nonnegative())).optional(),
    }),
  ),
  /** It should end; it holds what it has until it is released. */
  AllocationStopRequested: event(z.strictObject({ ...allocation, reason: stopReason })),
  /** Its slot is free, and it holds nothing any more. One that is `lost` holds what it had until its node says that it has ended. */
  AllocationReleased: {
    version: 2,
    writtenAs: ({ rescheduled }) => (rescheduled === undefined ? 1 : 2),
    schema: released,
    upcasters: { 1: (data) => data },
  } as EventDefinition<typeof released>,
  /** A volume is to be deleted, and nobody holds it: nobody is given it from here until it is gone (`VolumeDeleted`). No node: it never was on one. */
  VolumeDropped: event(z.strictObject({ name: volumeName, node: identifier.nullable() })),
  /** Covers its triggers like EvaluationCompleted, and says why slots stay empty. Appended again only when the reasons change. */
  EvaluationBlocked: event(z.strictObject({ ...evaluation, reasons: blockedReasons })),
  EvaluationCompleted: event(z.strictObject(evaluation)),
  /** A quota kept a job from being placed: at most once a minute for each quota of a tenant or account, however many jobs wait. `tenant`: null where it is not known. */
  QuotaExceeded: event(quotaExcess.extend({ jobId: z.string(), tenant: z.string().nullable() })),
  /**
   * Nothing of the job is left to place, run or stop: it leaves the cluster state. `jobVersion` is its newest specification's; where the job
   * had finished before and only its stop or deletion is answered, the revision of that event. Of a job to which something was asked meanwhile
   * (a newer version, or a stop not answered yet) it says nothing.
   */
  JobFinished: event(z.strictObject({ jobId: z.string(), jobVersion: version, outcome: z.enum(['complete', 'failed', 'stopped', 'deleted']) })),
} as const;

export type PlanEvent = EventsOf<typeof planEvents>;
