import type { JobOwner } from '../../jobs/job/events.js';
import type { JobSpecification } from '../../jobs/job/specification.js';
import type { Ledger } from '../capacity/ledger.js';
import type { NodeFacts } from '../capacity/node-facts.js';
import type { ShapeTable } from '../feasibility/shape.js';
import { blankJob, specify, type Specified } from '../state/fold-jobs.js';
import {
  emptySlot,
  unwantedBecause,
  type LiveAllocation,
  type ScheduledGroup,
  type ScheduledJob,
} from '../state/scheduled-job.js';
import type { PlanEvent } from '../plan-log/events.js';

type PlacedData = Extract<PlanEvent, { type: 'AllocationPlaced' }>['data'];
interface Wanted {
  readonly specification: JobSpecification;
  readonly evaluationId: string;
}

const CAUSE = { correlationId: '', causationId: '' };

/** A copy of a job as it would be after a submission or an update. The cluster state is not changed. */
export class SimulatedJob {
  readonly job: ScheduledJob;
  /** Allocations that the job would no longer want. */
  readonly unwanted: readonly LiveAllocation[];

  constructor(
    private readonly shapes: ShapeTable,
    known: ScheduledJob | undefined,
    jobId: string,
    {
      specification,
      evaluationId,
      owner,
      completed,
      fulfilled,
    }: Wanted & {
      readonly owner?: JobOwner;
      readonly completed?: Readonly<Record<string, number>>;
      readonly fulfilled?: readonly string[];
    },
    private readonly factsOf: (node: number) => NodeFacts | undefined,
  ) {
    this.job = known === undefined ? blankJob(jobId, 0, CAUSE) : copyOf(known);
    if (owner !== undefined) this.job.owner ??= owner;
    for (const { specification: shared } of this.job.groups)
      if (shared !== undefined)
        shapes.take(
          shared.identity,
          () => shared,
          () => shared.shape.data,
        );
    this.#specify(
      specification,
      known !== undefined && !known.stopped,
      known === undefined ? { completed } : { fulfilled },
    );
    this.job.pending.push({ kind: known === undefined ? 'job-submitted' : 'job-updated', ref: evaluationId });
    this.unwanted = allocationsOf(this.job).filter((allocation) => unwantedBecause(allocation) !== undefined);
  }

  /** Updates the job to a specification with more instances of the same work. All instances are assumed to be healthy. */
  becomes({ specification, evaluationId }: Wanted): void {
    this.#specify(specification, true);
    this.job.pending = [{ kind: 'job-updated', ref: evaluationId }];
    this.job.blocked = undefined;
  }

  placed(placed: readonly { readonly data: PlacedData }[], ledger: Pick<Ledger, 'node'>): void {
    for (const { data } of placed) this.#place(data, ledger.node(data.nodeId));
  }

  #place({ allocationId, group: name, slot, jobVersion }: PlacedData, node: number): void {
    const { job } = this;
    const group = job.groups.find((each) => each.name === name);
    const demand = group?.specification?.shape.demand;
    if (group === undefined || demand === undefined) return;
    const standing = {
      counted: undefined,
      order: 0,
      placedAt: 0,
      gpuDevices: undefined,
      stopping: undefined,
      reported: undefined,
    };
    (group.slots[slot] ??= emptySlot()).allocation = {
      id: allocationId,
      job,
      group,
      slot,
      node,
      jobVersion,
      work: group.specification?.work,
      demand,
      ...standing,
    };
    this.#count(group, 1);
  }

  /**
   * Removes ended allocations: the job's own unwanted ones, and allocations of other jobs that occupied needed capacity. `waits`: whether something
   * was waiting for capacity and is evaluated again under the same evaluation.
   */
  ended(stops: readonly LiveAllocation[], waits: boolean): void {
    const own = stops.filter(({ job }) => job === this.job);
    for (const allocation of own) {
      const place = allocation.group.slots[allocation.slot];
      if (place?.allocation?.id !== allocation.id) continue;
      place.allocation = undefined;
      this.#count(allocation.group, -1);
    }
    const [first] = own.filter(({ group, slot }) => slot < group.count);
    if (!waits) this.job.pending = first === undefined ? [] : [{ kind: 'allocation-ended', ref: first.id }];
    this.job.blocked = undefined;
  }

  drop(): void {
    for (const { specification } of this.job.groups)
      if (specification !== undefined) this.shapes.drop(specification);
  }

  #specify(
    specification: JobSpecification,
    keeps: boolean,
    kept: Pick<Specified, 'completed' | 'fulfilled'> = {},
  ): void {
    specify(this.shapes, this.job, specification, {
      version: this.job.version + 1,
      keeps,
      factsOf: this.factsOf,
      ...kept,
    });
    // The final state of a rollout is assumed, because its pace depends on the health of instances.
    for (const group of this.job.groups) group.replaceable = Number.POSITIVE_INFINITY;
  }

  #count(group: ScheduledGroup, by: 1 | -1): void {
    group.live += by;
    this.job.live += by;
  }
}

export function allocationsOf(job: ScheduledJob): LiveAllocation[] {
  return job.groups.flatMap(({ slots }) => slots.flatMap((slot) => slot?.allocation ?? []));
}

function copyOf(known: ScheduledJob): ScheduledJob {
  const job: ScheduledJob = { ...known, pending: [...known.pending] };
  job.groups = known.groups.map((each) => {
    const group: ScheduledGroup = { ...each };
    group.slots = each.slots.map(
      (slot) => slot && { ...slot, allocation: slot.allocation && { ...slot.allocation, job, group } },
    );
    return group;
  });
  return job;
}
