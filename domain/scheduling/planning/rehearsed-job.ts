import type { JobSpecification } from '../../job/specification.js';
import type { ShapeTable } from '../feasibility/shape.js';
import { blankJob, specify } from '../state/fold-jobs.js';
import { emptySlot, unwantedBecause, type LiveAllocation, type ScheduledGroup, type ScheduledJob } from '../state/scheduled-job.js';
import type { PlanEvent } from '../../plan-log/events.js';

const CAUSE = { correlationId: '', causationId: '' };

/** A job as it would be after a submission or an update, next to the state: nothing of the state is changed by what happens to it. */
export class RehearsedJob {
  readonly job: ScheduledJob;
  /** What it has and would no longer want. */
  readonly unwanted: readonly LiveAllocation[];

  constructor(
    private readonly shapes: ShapeTable,
    known: ScheduledJob | undefined,
    jobId: string,
    specification: JobSpecification,
    evaluationId: string,
  ) {
    this.job = known === undefined ? blankJob(jobId, 0, CAUSE) : copyOf(known);
    // Each use that the copy has of a shape is one more.
    for (const { specification: shared } of this.job.groups)
      if (shared !== undefined)
        shapes.take(
          shared.identity,
          () => shared,
          () => shared.shape.data,
        );
    specify(shapes, this.job, specification, { version: this.job.version + 1, keeps: known !== undefined && !known.stopped });
    // What a rollout comes to in the end: how it gets there is for the health of instances to say.
    for (const group of this.job.groups) group.replaceable = Number.POSITIVE_INFINITY;
    this.job.pending.push({ kind: known === undefined ? 'job-submitted' : 'job-updated', ref: evaluationId });
    this.unwanted = allocationsOf(this.job).filter((allocation) => unwantedBecause(allocation) !== undefined);
  }

  /** A slot has what was planned for it. */
  placed({ allocationId, group: name, slot, jobVersion }: Extract<PlanEvent, { type: 'AllocationPlaced' }>['data'], node: number): void {
    const { job } = this;
    const group = job.groups.find((each) => each.name === name);
    const demand = group?.specification?.shape.demand;
    if (group === undefined || demand === undefined) return;
    const standing = { order: 0, placedAt: 0, gpuDevices: undefined, stopping: undefined, reported: undefined };
    (group.slots[slot] ??= emptySlot()).allocation = { id: allocationId, job, group, slot, node, jobVersion, demand, ...standing };
    this.#count(group, 1);
  }

  /** What it no longer wants has ended. `waits`: something was waiting for room, and is looked at again under the same evaluation. */
  ended(waits: boolean): void {
    for (const allocation of this.unwanted) {
      const place = allocation.group.slots[allocation.slot];
      if (place?.allocation?.id !== allocation.id) continue;
      place.allocation = undefined;
      this.#count(allocation.group, -1);
    }
    // Of what ended only a slot that is still there asks for another.
    const [first] = this.unwanted.filter(({ group, slot }) => slot < group.count);
    if (!waits) this.job.pending = first === undefined ? [] : [{ kind: 'allocation-ended', ref: first.id }];
    this.job.blocked = undefined;
  }

  /** Gives back what it uses of the shapes. */
  drop(): void {
    for (const { specification } of this.job.groups) if (specification !== undefined) this.shapes.drop(specification);
  }

  #count(group: ScheduledGroup, by: 1 | -1): void {
    group.live += by;
    this.job.live += by;
  }
}

/** Everything that a job holds. */
export function allocationsOf(job: ScheduledJob): LiveAllocation[] {
  return job.groups.flatMap(({ slots }) => slots.flatMap((slot) => slot?.allocation ?? []));
}

function copyOf(known: ScheduledJob): ScheduledJob {
  const job: ScheduledJob = { ...known, pending: [...known.pending] };
  job.groups = known.groups.map((each) => {
    const group: ScheduledGroup = { ...each };
    group.slots = each.slots.map((slot) => slot && { ...slot, allocation: slot.allocation && { ...slot.allocation, job, group } });
    return group;
  });
  return job;
}
