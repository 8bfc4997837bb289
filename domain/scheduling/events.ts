import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';
import { identifier } from '../job/identifier.js';
import { resources } from '../job/specification.js';

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

/** The plan log: the only ledger of capacity and slots. All in the one stream `scheduler`. */
export const planEvents = {
  /** A node's registered capacity and its fitness for placements count from here. */
  NodeCapacitySet: event(
    z.strictObject({ nodeId: identifier, epoch: z.number().int().positive(), resources, schedulable: z.boolean() }),
  ),
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
      /** GPU device indexes that it holds, by task. */
      gpuDevices: z.record(z.string(), z.array(z.number().int().nonnegative())).optional(),
    }),
  ),
  /** It should end; it holds what it has until it is released. */
  AllocationStopRequested: event(z.strictObject({ ...allocation, reason: stopReason })),
  /** It holds nothing any more. */
  AllocationReleased: event(
    z.strictObject({
      ...allocation,
      outcome: releaseOutcome,
      /**
       * When the slot may be filled again (ms since the epoch). Absent: never for `complete`, `failed` and `lost` (the slot's outcome
       * is final), at once for `stopped`. Means nothing where the slot is no longer asked for: job stopped, group replaced, scaled down.
       */
      retryAt: z.number().int().nonnegative().optional(),
    }),
  ),
  /** Covers its triggers like EvaluationCompleted, and says why slots stay empty. Appended again only when the reasons change. */
  EvaluationBlocked: event(z.strictObject({ ...evaluation, reasons: blockedReasons })),
  EvaluationCompleted: event(z.strictObject(evaluation)),
  /** Nothing of the job is left to place, run or stop: it leaves the cluster state. */
  JobFinished: event(
    z.strictObject({ jobId: z.string(), jobVersion: version, outcome: z.enum(['complete', 'failed', 'stopped', 'deleted']) }),
  ),
} as const;

export type PlanEvent = EventsOf<typeof planEvents>;
