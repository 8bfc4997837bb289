import { EVENTS, type MusterEvent, type RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import { isOneOf, SCHEDULER_STREAM, streamName } from '#domain/kernel/event/index.js';
import type { JobOwner } from '#domain/jobs/job/events.js';
import { NO_QUOTAS, type DefaultLimits } from '#domain/accounts/quota/index.js';
import { jobSpecification, type JobSpecification, type TaskGroup } from '#domain/jobs/job/specification.js';
import type { PortRange } from '#domain/scheduling/capacity/port-range.js';
import {
  CLUSTER_STATE_EVENTS,
  ClusterState,
  evolveClusterState,
  plan,
  PLAN_LOG_EVENTS,
  PlanLogCheck,
  type PlanEvent,
  type PlanLimits,
} from '#domain/scheduling/index.js';

type Data<Type extends MusterEvent['type']> = Extract<MusterEvent, { type: Type }>['data'];

/** A small cluster for tests that records events, makes plans and folds them, with a manual clock. */
export class World {
  readonly state = new ClusterState();
  readonly log: RecordedMusterEvent[] = [];
  readonly check = new PlanLogCheck();
  now = 1_000_000;
  readonly #revisions = new Map<string, number>();
  readonly #epochs = new Map<string, number>();
  quotas: DefaultLimits = NO_QUOTAS;
  runStarts: number | undefined;
  #evaluations = 0;

  /** Validates, records and folds an event. */
  give(event: MusterEvent, basis?: number): RecordedMusterEvent {
    const stream = streamOf(event);
    const revision = (this.#revisions.get(stream) ?? -1) + 1;
    this.#revisions.set(stream, revision);
    const data: unknown = JSON.parse(JSON.stringify(EVENTS[event.type].schema.parse(event.data)));
    const position = BigInt(this.log.length + 1);
    const metadata = {
      $correlationId: 'c',
      $causationId: 'c',
      at: this.now,
      v: 1,
      ...(basis !== undefined && { basis }),
    };
    const recorded = {
      type: event.type,
      data,
      id: `e${position}`,
      stream,
      revision,
      position,
      metadata,
    } as RecordedMusterEvent;
    this.log.push(recorded);
    this.fold(recorded);
    return recorded;
  }

  /** Number of events since the last plan, which a plan made now takes into account. */
  basis(): number {
    return this.log.length - 1 - this.log.findLastIndex(({ stream }) => stream === SCHEDULER_STREAM);
  }

  append(events: readonly PlanEvent[], basis = this.basis()): void {
    events.forEach(({ type, data }, index) =>
      this.give({ type, data } as MusterEvent, index === 0 ? basis : undefined),
    );
  }

  fold(event: RecordedMusterEvent): void {
    if (isOneOf(PLAN_LOG_EVENTS, event)) this.check.fold(event);
    evolveState(this.state, event);
  }

  reserves = true;
  portRange: PortRange | undefined;

  /** Makes one plan, appends and folds it. */
  plan(limits?: PlanLimits): readonly PlanEvent[] {
    const { events } = plan(this.state, {
      now: this.now,
      reserves: this.reserves,
      quotas: this.quotas,
      runStarts: this.runStarts,
      portRange: this.portRange,
      ...(limits === undefined ? {} : { limits }),
    });
    this.append(events);
    return events.map(({ type, data }) => ({ type, data }) as PlanEvent);
  }

  /** Plans until nothing more is due. Returns all planned events. */
  settle(limits?: PlanLimits): PlanEvent[] {
    const all: PlanEvent[] = [];
    for (let round = 0; round < 10_000; round += 1) {
      const made = plan(this.state, {
        now: this.now,
        reserves: this.reserves,
        quotas: this.quotas,
        runStarts: this.runStarts,
        portRange: this.portRange,
        ...(limits === undefined ? {} : { limits }),
      });
      if (made.events.length === 0 && !made.more) return all;
      this.append(made.events);
      for (const { type, data } of made.events) all.push({ type, data } as PlanEvent);
    }
    throw new Error('planning does not come to an end');
  }

  after(ms: number): this {
    this.now += ms;
    return this;
  }

  node(nodeId: string, given: Partial<Data<'NodeRegistered'>> = {}): this {
    this.give({
      type: 'NodeRegistered',
      data: {
        nodeId,
        epoch: this.nextEpoch(nodeId),
        ipAddress: '10.0.0.1',
        resources: { cpu: 1000, memory: 1000 },
        attributes: {},
        healthy: true,
        endpoint: null,
        protocol: 'muster',
        ...given,
      },
    });
    return this;
  }

  nextEpoch(nodeId: string): number {
    const epoch = (this.#epochs.get(nodeId) ?? 0) + 1;
    this.#epochs.set(nodeId, epoch);
    return epoch;
  }

  nextEvaluation(): string {
    return `eval-${(this.#evaluations += 1)}`;
  }

  /** Allocations that were placed and not released, according to the plan log alone. */
  heldAllocations(): { allocationId: string; jobId: string; group: string; slot: number; nodeId: string }[] {
    const held = new Map<
      string,
      { allocationId: string; jobId: string; group: string; slot: number; nodeId: string }
    >();
    for (const { type, data } of this.log) {
      if (type === 'AllocationPlaced') {
        const { allocationId, jobId, group: name, slot, nodeId } = data;
        held.set(allocationId, { allocationId, jobId, group: name, slot, nodeId });
      } else if (type === 'AllocationReleased') held.delete(data.allocationId);
    }
    return [...held.values()];
  }

  /** Lost allocations that may still run, according to the state. */
  lostAllocations(): { allocationId: string; jobId: string; group: string; slot: number; nodeId: string }[] {
    return [...this.state.lost.keys()].map((id) => {
      const { allocationId, jobId, group: name, slot, nodeId } = this.placed(id);
      return { allocationId, jobId, group: name, slot, nodeId };
    });
  }

  epochOf(nodeId: string): number {
    return this.#epochs.get(nodeId) ?? 0;
  }

  down(nodeId: string): this {
    this.give({ type: 'NodeWentDown', data: { nodeId, epoch: this.epochOf(nodeId), reason: 'silent' } });
    return this;
  }

  submit(
    jobId: string,
    specification: JobSpecification,
    type: 'JobSubmitted' | 'JobUpdated' | 'JobRestarted' = 'JobSubmitted',
    owner?: JobOwner,
  ): string {
    const evaluationId = this.nextEvaluation();
    this.give({
      type,
      data: {
        jobId,
        evaluationId,
        specification: jobSpecification.parse(specification),
        ...(owner && { owner }),
      },
    });
    return evaluationId;
  }

  end(jobId: string, type: 'JobStopped' | 'JobDeleted' = 'JobStopped'): string {
    const evaluationId = this.nextEvaluation();
    this.give({ type, data: { jobId, evaluationId } });
    return evaluationId;
  }

  /** Records the end of an allocation as an agent reports it. */
  report(
    allocationId: string,
    type: 'AllocationCompleted' | 'AllocationFailed' | 'AllocationStopped' | 'AllocationLost',
  ): void {
    const placed = this.placed(allocationId);
    const place = {
      allocationId,
      jobId: placed.jobId,
      group: placed.group,
      slot: placed.slot,
      nodeId: placed.nodeId,
    };
    if (type === 'AllocationLost') this.give({ type, data: { ...place, reason: 'gone' } });
    else this.give({ type, data: { ...place, startTime: null, endTime: null, message: null } });
  }

  placed(allocationId: string): Data<'AllocationPlaced'> {
    const event = this.log.find(
      (each) => each.type === 'AllocationPlaced' && each.data.allocationId === allocationId,
    );
    if (event?.type !== 'AllocationPlaced') throw new Error(`${allocationId} was never placed`);
    return event.data;
  }

  /** Ids of the job's allocations, in the order of placement. */
  live(jobId: string): string[] {
    return [...this.state.allocations.values()]
      .filter((each) => each.job.id === jobId)
      .map((each) => each.id);
  }
}

/** Folds an event into the state, unless the state does not depend on it. */
export function evolveState(state: ClusterState, event: RecordedMusterEvent): void {
  if (isOneOf(CLUSTER_STATE_EVENTS, event)) evolveClusterState(state, event);
}

export function streamOf(event: MusterEvent): string {
  switch (event.type) {
    case 'JobSubmitted':
    case 'JobUpdated':
    case 'JobRestarted':
    case 'JobStopped':
    case 'JobDeleted':
    case 'JobDeploymentStarted':
    case 'JobDeploymentAdvanced':
    case 'JobDeploymentSettled':
      return streamName('job', event.data.jobId);
    case 'NodeCapacitySet':
    case 'AllocationPlaced':
    case 'AllocationStopRequested':
    case 'AllocationReleased':
    case 'EvaluationBlocked':
    case 'EvaluationCompleted':
    case 'JobFinished':
    case 'VolumeDropped':
    case 'QuotaExceeded':
      return SCHEDULER_STREAM;
    case 'ClusterCleared':
    case 'ClusterLevelRaised':
    case 'LogEpochBegan':
      return 'cluster';
    default:
      return 'nodeId' in event.data ? streamName('node', event.data.nodeId) : 'other-1';
  }
}

/** By default a group of one exec task with 100 cpu and 100 memory. */
export function group(
  name = 'main',
  given: Partial<TaskGroup> = {},
  resources: Record<string, number> = { cpu: 100, memory: 100 },
): TaskGroup {
  return {
    name,
    tasks: [{ name: 'task', driver: 'exec', config: { command: 'true' }, resources }],
    ...given,
  };
}

/** A group whose only task ends within this many seconds. */
export function shortGroup(name: string, resources: Record<string, number>, max_run_seconds = 60): TaskGroup {
  const made = group(name, {}, resources);
  return { ...made, tasks: made.tasks.map((task) => ({ ...task, max_run_seconds })) };
}

export function job(...groups: TaskGroup[]): JobSpecification {
  return { task_groups: groups.length === 0 ? [group()] : groups };
}

export const types = (events: readonly { type: string }[]): string[] => events.map((event) => event.type);

type PlanData<Type extends PlanEvent['type']> = Extract<PlanEvent, { readonly type: Type }>['data'];

export function only<Type extends PlanEvent['type']>(
  events: readonly PlanEvent[],
  type: Type,
): PlanData<Type>[] {
  return events.filter((event) => event.type === type).map((event) => event.data as PlanData<Type>);
}
