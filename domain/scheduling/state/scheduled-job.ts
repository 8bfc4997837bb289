import type { BlockedReasons, ReleaseOutcome, StopReason, Trigger } from '../../plan-log/events.js';
import type { ReschedulePolicy } from '../../job/restart.js';
import type { AssignedPorts } from '../../job/task-port.js';
import type { Demand } from '../capacity/ledger.js';
import type { JobOwner } from '../../job/events.js';
import type { QuotaUse } from '../capacity/quota-ledger.js';
import type { Cause } from '../capacity/node-facts.js';
import type { GroupSpecification, Shape } from '../feasibility/shape.js';

/** An allocation that holds something: placed and not yet released. */
export interface LiveAllocation {
  readonly id: string;
  readonly job: ScheduledJob;
  readonly group: ScheduledGroup;
  readonly slot: number;
  /** Number of its node in the ledger. */
  readonly node: number;
  readonly jobVersion: number;
  readonly demand: Demand;
  readonly gpuDevices: Readonly<Record<string, readonly number[]>> | undefined;
  /** What it counts for in quotas; undefined: nothing. */
  readonly counted: QuotaUse | undefined;
  /** Rises from one placement to the next. */
  readonly order: number;
  /** Milliseconds since the epoch. */
  readonly placedAt: number;
  /** Why it was asked to stop, if it was. */
  stopping: StopReason | undefined;
  /** How it ended by its agent's word; the plan log has not said so yet. */
  reported: Report | undefined;
}

export interface Report {
  readonly outcome: ReleaseOutcome;
  readonly cause: Cause;
}

/** One place of a group: holds an allocation, or waits for one, or has its final outcome. */
export interface Slot {
  allocation: LiveAllocation | undefined;
  /** Final: nothing will be placed here again in this form of the group. */
  outcome: 'complete' | 'failed' | 'lost' | undefined;
  /** Nothing is placed here before (ms since the epoch). */
  retryAt: number | undefined;
  /** Whose release set `retryAt`. */
  retryOf: string | undefined;
  /** The version of the newest allocation here, and how many this slot had in it. */
  version: number;
  attempts: number;
  /** How often it failed in the interval of its restart policy that began at `failingSince` (ms since the epoch). */
  failures: number;
  failingSince: number | undefined;
  /** How often its restarts were used up, in a row or within the interval that began at `reschedulingSince` (ms since the epoch). */
  reschedules: number;
  reschedulingSince: number | undefined;
  /** How often it was lost, or stopped without being asked to, without a long run between. */
  interruptions: number;
  /** Host ports that were last chosen for it, and where: its next allocation there has them again. */
  given: { readonly node: number; readonly ports: AssignedPorts } | undefined;
}

export interface ScheduledGroup {
  readonly name: string;
  specification: GroupSpecification | undefined;
  count: number;
  /** What follows when the restarts are used up; not part of what makes the group the same work. */
  reschedule: ReschedulePolicy | undefined;
  /** The first version in an unbroken row of versions, up to now, in which the group was the same work: older allocations must go. */
  since: number;
  /** Only in slots with smaller numbers must they go already: a rollout replaces one after the other. Infinite where there is none. */
  replaceable: number;
  /** By number. A hole is a slot that nothing is known of. */
  slots: (Slot | undefined)[];
  live: number;
}

/** A job with something left to place, to stop, to wait for or to answer. */
export interface ScheduledJob {
  readonly id: string;
  /** Revision of its newest specification; where none is known (it had finished), of its stop or deletion. */
  version: number;
  priority: number;
  /** Undefined: the operator. */
  owner: JobOwner | undefined;
  /** By a user: nothing of it should run. */
  stopped: boolean;
  deleted: boolean;
  /** Those of the specification in its order, then those that left it and still hold something. */
  groups: ScheduledGroup[];
  /** What no evaluation has covered yet. */
  pending: Trigger[];
  blocked: Blockage | undefined;
  /** Allocations that hold something. */
  live: number;
  cause: Cause;
}

export interface Blockage {
  readonly evaluationId: string;
  readonly reasons: BlockedReasons;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Since when it has been blocked without a break, in milliseconds since the epoch. */
  readonly since: number;
  /** Its place in line: the revision of the plan log at which it was blocked. */
  readonly order: number;
  /** How often in a row the reasons were told anew though nothing had been asked. */
  readonly told: number;
  /** What it waits for room for. */
  readonly shapes: readonly Shape[];
  /** Keys of the quotas that keep it from being placed. */
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

/** Should the allocation run, as far as its job goes? No when its job stopped, its group became other work, or its slot went. */
export function isWanted(allocation: LiveAllocation): boolean {
  return unwantedBecause(allocation) === undefined;
}

/** Why its job no longer wants the allocation. */
export function unwantedBecause(allocation: LiveAllocation): StopReason | undefined {
  const { job, group, slot } = allocation;
  if (job.deleted) return 'job-deleted';
  if (job.stopped) return 'job-stopped';
  if (group.specification === undefined) return 'job-updated';
  if (slot >= group.count) return isOutdated(allocation) ? 'job-updated' : 'scaled-down';
  return isOutdated(allocation) && slot < group.replaceable ? 'job-updated' : undefined;
}

/** Is it of a version in which its group was other work? Where a rollout has not come to its slot, it may run on until then. */
export function isOutdated({ group, jobVersion }: Pick<LiveAllocation, 'group' | 'jobVersion'>): boolean {
  return jobVersion < group.since;
}

/** May something be placed in the slot now? `now` in ms since the epoch. */
export function isVacant(slot: Slot | undefined, now: number): boolean {
  if (slot === undefined) return true;
  return slot.allocation === undefined && slot.outcome === undefined && (slot.retryAt === undefined || slot.retryAt <= now);
}
