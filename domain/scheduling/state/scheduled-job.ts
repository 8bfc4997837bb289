import type { BlockedReasons, ReleaseOutcome, StopReason, Trigger } from '../plan-log/events.js';
import type { ReschedulePolicy } from '../../jobs/job/restart.js';
import type { AssignedPorts } from '../../jobs/job/task-port.js';
import type { Demand } from '../capacity/ledger.js';
import type { JobOwner } from '../../jobs/job/events.js';
import { quotaUseOf, type QuotaUse } from '../capacity/quota-ledger.js';
import type { Cause } from '../capacity/node-facts.js';
import type { GroupSpecification, Shape } from '../feasibility/shape.js';

export interface LiveAllocation {
  readonly id: string;
  readonly job: ScheduledJob;
  readonly group: ScheduledGroup;
  readonly slot: number;
  readonly node: number;
  readonly jobVersion: number;
  /** The work that it runs (`GroupSpecification.work`). Undefined if it has to be replaced whatever the job becomes. */
  work: string | undefined;
  readonly demand: Demand;
  readonly gpuDevices: Readonly<Record<string, readonly number[]>> | undefined;
  readonly counted: QuotaUse | undefined;
  readonly order: number;
  readonly placedAt: number;
  stopping: StopReason | undefined;
  reported: Report | undefined;
}

export interface Report {
  readonly outcome: ReleaseOutcome;
  readonly cause: Cause;
  /** The dynamic port that was taken, so that nothing was started. */
  readonly takenPort?: number;
}

/** A place in a group. It holds an allocation, is waiting for one, or has a final outcome. */
export interface Slot {
  allocation: LiveAllocation | undefined;
  outcome: 'complete' | 'failed' | 'lost' | undefined;
  retryAt: number | undefined;
  /** The allocation whose release set `retryAt`. */
  retryOf: string | undefined;
  version: number;
  attempts: number;
  /** Failures in the restart interval that began at `failingSince` (ms since the epoch). */
  failures: number;
  failingSince: number | undefined;
  /** Consecutive reschedules, or those in the interval that began at `reschedulingSince` (ms since the epoch). */
  reschedules: number;
  reschedulingSince: number | undefined;
  /** Number of losses and unrequested stops without a long run in between. */
  interruptions: number;
  /** Number of consecutive attempts that were not started because a dynamic port was taken. */
  portRetries: number;
  given: { readonly node: number; readonly ports: AssignedPorts } | undefined;
}

export interface ScheduledGroup {
  readonly name: string;
  specification: GroupSpecification | undefined;
  count: number;
  reschedule: ReschedulePolicy | undefined;
  /** Version in which the group's work last changed. */
  since: number;
  replaceable: number;
  slots: (Slot | undefined)[];
  live: number;
}

export interface ScheduledJob {
  readonly id: string;
  /** Revision of its latest specification, or of its stop or deletion if the specification is unknown because the job had finished. */
  version: number;
  priority: number;
  owner: JobOwner | undefined;
  stopped: boolean;
  deleted: boolean;
  groups: ScheduledGroup[];
  pending: Trigger[];
  blocked: Blockage | undefined;
  live: number;
  cause: Cause;
}

export interface Blockage {
  readonly evaluationId: string;
  readonly reasons: BlockedReasons;
  readonly at: number;
  /** Start of the uninterrupted time for which the job has been blocked, in milliseconds since the epoch. */
  readonly since: number;
  /** Revision of the plan log at which the job was blocked. Determines the job's place in line. */
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
    portRetries: 0,
    given: undefined,
  };
}

/** Returns false if its job was stopped, its group's work changed, or its slot was removed. */
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

/** Returns whether it runs other work than its group wants. Until a rollout reaches its slot, the allocation may continue to run. */
export function isOutdated({ group, work }: Pick<LiveAllocation, 'group' | 'work'>): boolean {
  return work === undefined || work !== group.specification?.work;
}

/** How long an instance can run from its start until it has ended permanently, in milliseconds. Undefined if unlimited. */
export function maxRunOf({
  specification,
  reschedule,
}: Pick<ScheduledGroup, 'specification' | 'reschedule'>): number | undefined {
  return reschedule === undefined ? specification?.maxRunMs : undefined;
}

/** Returns what an instance of the group counts for in quotas. */
export function groupUse(
  { id, owner }: Pick<ScheduledJob, 'id' | 'owner'>,
  group: Pick<ScheduledGroup, 'specification' | 'reschedule'> | undefined,
  { resources }: Pick<Demand, 'resources'>,
): QuotaUse | undefined {
  const maxRunMs = group && maxRunOf(group);
  return quotaUseOf(id, owner, resources, maxRunMs ?? Number.POSITIVE_INFINITY);
}

export function isVacant(slot: Slot | undefined, now: number): boolean {
  if (slot === undefined) return true;
  return (
    slot.allocation === undefined &&
    slot.outcome === undefined &&
    (slot.retryAt === undefined || slot.retryAt <= now)
  );
}
