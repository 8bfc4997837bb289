import type { JobOwner } from '../../job/events.js';
import type { JobSpecification } from '../../job/specification.js';
import type { Ledger } from '../capacity/ledger.js';
import type { ShapeTable } from '../feasibility/shape.js';
import { blankJob, specify } from '../state/fold-jobs.js';
import { emptySlot, unwantedBecause, type LiveAllocation, type ScheduledGroup, type ScheduledJob } from '../state/scheduled-job.js';
import type { PlanEvent } from '../../plan-log/events.js';

type PlacedData = Extract<PlanEvent, { type: 'AllocationPlaced' }>['data'];
/** What it is to be, and the evaluation under which it is asked to be so. */
interface Wanted {
  readonly specification: JobSpecification;
  readonly evaluationId: string;
}

const CAUSE = { correlationId: '', causationId: '' };

/** A job as it would be after a submission or an update, next to the state: nothing of the state is changed by what happens to it. */
export class SimulatedJob {
  readonly job: ScheduledJob;
  /** What it has and would no longer want. */
  readonly unwanted: readonly LiveAllocation[];

  constructor(
    private readonly shapes: ShapeTable,
    known: ScheduledJob | undefined,
    jobId: string,
    { specification, evaluationId, owner }: Wanted & { readonly owner?: JobOwner },
  ) {
    this.job = known === undefined ? blankJob(jobId, 0, CAUSE) : copyOf(known);
    if (owner !== undefined) this.job.owner ??= owner;
    // Each use that the copy has of a shape is one more.
    for (const { specification: shared } of this.job.groups)
      if (shared !== undefined)
        shapes.take(
          shared.identity,
          () => shared,
          () => shared.shape.data,
        );
    this.#specify(specification, known !== undefined && !known.stopped);
    this.job.pending.push({ kind: known === undefined ? 'job-submitted' : 'job-updated', ref: evaluationId });
    this.unwanted = allocationsOf(this.job).filter((allocation) => unwantedBecause(allocation) !== undefined);
  }

  /** It is updated to more of the same work, all that it has being well. */
  becomes({ specification, evaluationId }: Wanted): void {
    this.#specify(specification, true);
    this.job.pending = [{ kind: 'job-updated', ref: evaluationId }];
    this.job.blocked = undefined;
  }

  /** Slots have what was planned for them. */
  placed(placed: readonly { readonly data: PlacedData }[], ledger: Pick<Ledger, 'node'>): void {
    for (const { data } of placed) this.#place(data, ledger.node(data.nodeId));
  }

  #place({ allocationId, group: name, slot, jobVersion }: PlacedData, node: number): void {
    const { job } = this;
    const group = job.groups.find((each) => each.name === name);
    const demand = group?.specification?.shape.demand;
    if (group === undefined || demand === undefined) return;
    const standing = { counted: undefined, order: 0, placedAt: 0, gpuDevices: undefined, stopping: undefined, reported: undefined };
    (group.slots[slot] ??= emptySlot()).allocation = { id: allocationId, job, group, slot, node, jobVersion, demand, ...standing };
    this.#count(group, 1);
  }

  /**
   * These have ended: its own that it no longer wants, and others' that held what it needs. `waits`: something was waiting for room, and is
   * looked at again under the same evaluation.
   */
  ended(stops: readonly LiveAllocation[], waits: boolean): void {
    const own = stops.filter(({ job }) => job === this.job);
    for (const allocation of own) {
      const place = allocation.group.slots[allocation.slot];
      if (place?.allocation?.id !== allocation.id) continue;
      place.allocation = undefined;
      this.#count(allocation.group, -1);
    }
    // Of what ended only a slot that is still there asks for another.
    const [first] = own.filter(({ group, slot }) => slot < group.count);
    if (!waits) this.job.pending = first === undefined ? [] : [{ kind: 'allocation-ended', ref: first.id }];
    this.job.blocked = undefined;
  }

  /** Gives back what it uses of the shapes. */
  drop(): void {
    for (const { specification } of this.job.groups) if (specification !== undefined) this.shapes.drop(specification);
  }

  #specify(specification: JobSpecification, keeps: boolean): void {
    specify(this.shapes, this.job, specification, { version: this.job.version + 1, keeps });
    // What a rollout comes to in the end: how it gets there is for the health of instances to say.
    for (const group of this.job.groups) group.replaceable = Number.POSITIVE_INFINITY;
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
