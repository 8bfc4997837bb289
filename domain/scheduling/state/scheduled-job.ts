import type { BlockedReasons, ReleaseOutcome, StopReason, Trigger } from '../plan-log/events.js';
import type { ReschedulePolicy } from '../../jobs/job/restart.js';
import type { AssignedPorts } from '../../jobs/job/task-port.js';
import type { Demand } from '../capacity/ledger.js';
import type { JobOwner } from '../../jobs/job/events.js';
import type { QuotaUse } from '../capacity/quota-ledger.js';
import type { Cause } from '../capacity/node-facts.js';
import type { GroupSpecification, Shape } from '../feasibility/shape.js';

/** Placed and not yet released. */
export interface LiveAllocation {
  readonly id: string;
  readonly job: ScheduledJob;
  readonly group: ScheduledGroup;
  readonly slot: number;
  readonly node: number;
  readonly jobVersion: number;
  readonly demand: Demand;
  readonly gpuDevices: Readonly<Record<string, readonly number[]>> | undefined;
  /** Its use of quotas; undefined: none. */
  readonly counted: QuotaUse | undefined;
  readonly order: number;
  /** Milliseconds since the epoch. */
  readonly placedAt: number;
  stopping: StopReason | undefined;
  /** The reported end, which the plan log has not released yet. */
  reported: Report | undefined;
}

export interface Report {
  readonly outcome: ReleaseOutcome;
  readonly cause: Cause;
}

/** A place of a group: it holds an allocation, waits for one, or has a final outcome. */
export interface Slot {
  allocation: LiveAllocation | undefined;
  /** Final: nothing will be placed here again unless the group's work changes. */
  outcome: 'complete' | 'failed' | 'lost' | undefined;
  /** Earliest next placement (ms since the epoch). */
  retryAt: number | undefined;
  /** The allocation whose release set `retryAt`. */
  retryOf: string | undefined;
  /** Version of the newest allocation, and number of allocations in that version. */
  version: number;
  attempts: number;
  /** Failures in the restart interval that began at `failingSince` (ms since the epoch). */
  failures: number;
  failingSince: number | undefined;
  /** Reschedules in a row, or in the interval that began at `reschedulingSince` (ms since the epoch). */
  reschedules: number;
  reschedulingSince: number | undefined;
  /** Losses and unrequested stops without a long run in between. */
  interruptions: number;
  /** Host ports that were last assigned, and on which node; reused for its next allocation there. */
  given: { readonly node: number; readonly ports: AssignedPorts } | undefined;
}

export interface ScheduledGroup {
  readonly name: string;
  specification: GroupSpecification | undefined;
  count: number;
  /** Not part of the group's identity. */
  reschedule: ReschedulePolicy | undefined;
  /** First of the consecutive versions up to now with the same work; older allocations must go. */
  since: number;
  /** A rollout replaces older allocations only in slots below this number. Infinite without a rollout. */
  replaceable: number;
  /** By number. A hole is a slot without any history. */
  slots: (Slot | undefined)[];
  live: number;
}

export interface ScheduledJob {
  readonly id: string;
  /** Revision of its newest specification; if that is unknown, because it had finished, of its stop or deletion. */
  version: number;
  priority: number;
  /** Undefined: the operator. */
  owner: JobOwner | undefined;
  stopped: boolean;
  deleted: boolean;
  /** In the order of the specification, then removed groups that still hold something. */
  groups: ScheduledGroup[];
  /** Triggers that no evaluation has covered yet. */
  pending: Trigger[];
  blocked: Blockage | undefined;
  live: number;
  cause: Cause;
}

export interface Blockage {
  readonly evaluationId: string;
  readonly reasons: BlockedReasons;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Start of the uninterrupted blockage, in milliseconds since the epoch. */
  readonly since: number;
  /** Revision of the plan log at which it was blocked, which is its place in line. */
  readonly order: number;
  readonly told: number;
  readonly shapes: readonly Shape[];
  readonly quotas: readonly string[];
}

export function emptySlot(): Slot {
  return {
    allocation: undefined,
    outcome: undefined,
    retryAt: undefined,
    retryOf: undefined,
    version: -1,
    attempts: 0,
    failures: 0,
    failingSince: undefined,
    reschedules: 0,
    reschedulingSince: undefined,
    interruptions: 0,
    given: undefined,
  };
}

/** Returns false when its job stopped, its group's work changed, or its slot was removed. */
export function isWanted(allocation: LiveAllocation): boolean {
  return unwantedBecause(allocation) === undefined;
}

export function unwantedBecause(allocation: LiveAllocation): StopReason | undefined {
  const { job, group, slot } = allocation;
  if (job.deleted) return 'job-deleted';
  if (job.stopped) return 'job-stopped';
  if (group.specification === undefined) return 'job-updated';
  if (slot >= group.count) return isOutdated(allocation) ? 'job-updated' : 'scaled-down';
  return isOutdated(allocation) && slot < group.replaceable ? 'job-updated' : undefined;
}

/** Returns whether its version had other work in the group. Until a rollout reaches its slot, it may continue to run. */
export function isOutdated({ group, jobVersion }: Pick<LiveAllocation, 'group' | 'jobVersion'>): boolean {
  return jobVersion < group.since;
}

/** `now` in ms since the epoch. */
export function isVacant(slot: Slot | undefined, now: number): boolean {
  if (slot === undefined) return true;
  return (
    slot.allocation === undefined &&
    slot.outcome === undefined &&
    (slot.retryAt === undefined || slot.retryAt <= now)
  );
}
