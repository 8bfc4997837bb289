import type { AnyEvent } from '../../kernel/event/definition.js';
import type { Recorded } from '../../kernel/event/recorded.js';
import type { JobEvent } from '../../jobs/job/events.js';
import { DEFAULT_PRIORITY, type JobSpecification, type TaskGroup } from '../../jobs/job/specification.js';
import type { Trigger } from '../plan-log/events.js';
import { addTrigger, type ClusterState } from './cluster-state.js';
import { DEFAULT_UPDATE } from '../../jobs/job/update.js';
import { countOf, groupDataOf, identityOf, shapeDataOf } from '../feasibility/group-specification.js';
import type { Cause, NodeFacts } from '../capacity/node-facts.js';
import {
  emptySlot,
  type LiveAllocation,
  type ScheduledGroup,
  type ScheduledJob,
  type Slot,
} from './scheduled-job.js';
import { fulfils, type Shape, type ShapeTable } from '../feasibility/shape.js';

type Of<Type extends JobEvent['type']> = Extract<Recorded<JobEvent>, { type: Type }>;

const KINDS = {
  JobSubmitted: 'job-submitted',
  JobUpdated: 'job-updated',
  JobRestarted: 'job-restarted',
  JobStopped: 'job-stopped',
  JobDeleted: 'job-deleted',
} as const satisfies Record<string, Trigger['kind']>;

export function causeOf(event: Recorded<AnyEvent>): Cause {
  return { correlationId: event.metadata.$correlationId, causationId: event.id };
}

/**
 * Applies a new specification. Only a JobUpdated of a running job keeps allocations: those that run the new work (see {@link groupIdentity}),
 * whichever version placed them. Slots keep their outcomes and counts only in groups whose work is unchanged. A slot that is still held is filled
 * only after its release.
 */
export function foldSpecified(
  state: ClusterState,
  event: Of<'JobSubmitted' | 'JobUpdated' | 'JobRestarted'>,
): void {
  const { jobId, evaluationId, specification } = event.data;
  const known = state.jobs.get(jobId);
  const job = known ?? addJob(state, jobId, event.revision, causeOf(event));
  specify(state.shapes, job, specification, {
    version: event.revision,
    keeps: event.type === 'JobUpdated' && !job.stopped,
    // A job that is not finished yet still knows its slots.
    ...(known === undefined && event.type === 'JobUpdated' && { completed: event.data.completed }),
    ...(event.type === 'JobUpdated' && { fulfilled: event.data.fulfilled }),
    factsOf: (node) => state.nodes[node]?.facts,
  });
  job.owner = event.data.owner;
  job.cause = causeOf(event);
  addTrigger(job, { kind: KINDS[event.type], ref: evaluationId });
  if (job.blocked !== undefined) state.agenda.stopWaiting(job, job.blocked);
  state.agenda.jobs.add(job);
}

export interface Specified {
  readonly version: number;
  readonly keeps: boolean;
  /** Instances of the finished job that ran to success and do not run again, by group. */
  readonly completed?: Readonly<Record<string, number>> | undefined;
  /** Groups that stay in place although their constraints changed, unless an instance was placed on another node in the meantime. */
  readonly fulfilled?: readonly string[] | undefined;
  readonly factsOf: (node: number) => NodeFacts | undefined;
}

export function specify(
  shapes: ShapeTable,
  job: ScheduledJob,
  specification: JobSpecification,
  specified: Specified,
): void {
  const { version } = specified;
  const former = job.groups;
  const groups = specification.task_groups.map((group) =>
    foldGroup(shapes, former, group, specification.constraints, specified),
  );
  for (const group of former) {
    if (groups.includes(group)) continue;
    if (group.specification !== undefined) shapes.drop(group.specification);
    if (group.live > 0) groups.push(retire(group, version));
  }
  job.groups = groups;
  job.version = version;
  job.priority = specification.priority ?? DEFAULT_PRIORITY;
  job.stopped = false;
  job.deleted = false;
}

/** Applies the progress of a rollout. Once it is complete, allocations of all older versions may be replaced. */
export function foldDeployment(
  state: ClusterState,
  event: Of<'JobDeploymentAdvanced' | 'JobDeploymentSettled'>,
): void {
  const { jobId, version } = event.data;
  const job = state.jobs.get(jobId);
  if (job === undefined || job.version !== version) return;
  if (event.type === 'JobDeploymentAdvanced') {
    for (const { name, open } of event.data.groups) {
      const group = job.groups.find((each) => each.name === name);
      if (group !== undefined && open > group.replaceable) group.replaceable = open;
    }
  } else if (event.data.outcome === 'completed') for (const group of job.groups) group.replaceable = ALL;
  state.agenda.jobs.add(job);
}

export function foldEnded(state: ClusterState, event: Of<'JobStopped' | 'JobDeleted'>): void {
  const { jobId, evaluationId } = event.data;
  const job = state.jobs.get(jobId) ?? addJob(state, jobId, event.revision, causeOf(event));
  job.stopped = true;
  job.deleted ||= event.type === 'JobDeleted';
  job.cause = causeOf(event);
  addTrigger(job, { kind: KINDS[event.type], ref: evaluationId });
  if (job.blocked !== undefined) state.agenda.stopWaiting(job, job.blocked);
  state.agenda.jobs.add(job);
}

export function addJob(state: ClusterState, id: string, version: number, cause: Cause): ScheduledJob {
  const job = blankJob(id, version, cause);
  state.jobs.set(id, job);
  return job;
}

export function blankJob(id: string, version: number, cause: Cause): ScheduledJob {
  const none = { owner: undefined, stopped: false, deleted: false, blocked: undefined, live: 0 };
  return { id, version, priority: DEFAULT_PRIORITY, groups: [], pending: [], cause, ...none };
}

export function removeJob(state: ClusterState, job: ScheduledJob): void {
  for (const group of job.groups)
    if (group.specification !== undefined) state.shapes.drop(group.specification);
  if (job.blocked !== undefined) state.agenda.stopWaiting(job, job.blocked);
  state.agenda.forget(job);
  state.jobs.delete(job.id);
}

function foldGroup(
  shapes: ShapeTable,
  former: readonly ScheduledGroup[],
  group: TaskGroup,
  constraints: JobSpecification['constraints'],
  { version, keeps, completed = {}, fulfilled = [], factsOf }: Specified,
): ScheduledGroup {
  const identity = identityOf(group, constraints);
  const specification = shapes.take(
    identity.identity,
    () => groupDataOf(identity, group),
    () => shapeDataOf(group, constraints),
  );
  const known = former.find((each) => each.name === group.name);
  if (known === undefined) {
    const { name, reschedule } = group;
    return {
      name,
      specification,
      reschedule,
      count: countOf(group),
      since: version,
      replaceable: ALL,
      slots: Array.from({ length: Object.hasOwn(completed, name) ? completed[name]! : 0 }, completeSlot),
      live: 0,
    };
  }
  const isRebound = fulfilled.includes(group.name);
  const before = known.specification?.work;
  const isSame = before === specification.work;
  const same = keeps && (isSame || (isRebound && isFulfilled(known, specification.shape, factsOf)));
  if (known.specification !== undefined) shapes.drop(known.specification);
  known.specification = specification;
  known.reschedule = group.reschedule;
  known.count = countOf(group);
  if (!same) {
    known.since = version;
    // A rebound group has no deployment that would advance.
    const update = keeps && !isRebound ? group.update : undefined;
    known.replaceable = update === undefined ? ALL : (update.max_parallel ?? DEFAULT_UPDATE.maxParallel);
    known.slots = known.slots.map(vacate);
    for (const allocation of heldBy(known))
      if (!keeps || (update === undefined && allocation.work !== specification.work))
        allocation.work = undefined;
  } else {
    if (!isSame)
      for (const allocation of heldBy(known))
        if (allocation.work === before) allocation.work = specification.work;
    if (group.update === undefined) known.replaceable = ALL;
  }
  dropSurplusSlots(known);
  return known;
}

function heldBy({ slots }: ScheduledGroup): LiveAllocation[] {
  return slots.flatMap((slot) => slot?.allocation ?? []);
}

function isFulfilled({ slots }: ScheduledGroup, shape: Shape, factsOf: Specified['factsOf']): boolean {
  return slots.every((slot) => {
    const facts = slot?.allocation && factsOf(slot.allocation.node);
    return facts === undefined || fulfils(facts, shape);
  });
}

function completeSlot(): Slot {
  return { ...emptySlot(), outcome: 'complete' };
}

const ALL = Number.POSITIVE_INFINITY;

function retire(group: ScheduledGroup, version: number): ScheduledGroup {
  group.specification = group.reschedule = undefined;
  group.count = 0;
  group.since = version;
  group.replaceable = ALL;
  group.slots = group.slots.map(vacate);
  for (const allocation of heldBy(group)) allocation.work = undefined;
  dropSurplusSlots(group);
  return group;
}

function vacate(slot: Slot | undefined): Slot | undefined {
  if (slot === undefined) return undefined;
  const { allocation, given, version, attempts } = slot;
  if (allocation === undefined) return given === undefined ? undefined : { ...emptySlot(), given };
  return { ...emptySlot(), allocation, version, attempts, given };
}

export function dropSurplusSlots(group: ScheduledGroup): void {
  for (let slot = group.count; slot < group.slots.length; slot += 1)
    if (group.slots[slot]?.allocation === undefined) group.slots[slot] = undefined;
  while (group.slots.length > group.count && group.slots[group.slots.length - 1] === undefined)
    group.slots.pop();
}
