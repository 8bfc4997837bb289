import type { JobEvent } from '../../jobs/job/events.js';
import { isOneOf } from '../../kernel/event/definition.js';
import type { Recorded } from '../../kernel/event/recorded.js';
import { SCHEDULER_STREAM, streamName } from '../../kernel/event/stream-name.js';
import type { Clock } from '../../kernel/ports/clock.js';
import { nextDue, plan, type PlanOptions } from '../planning/plan.js';
import type { ClusterState } from '../state/cluster-state.js';
import { CLUSTER_STATE_EVENTS, evolveClusterState, type ClusterStateEvent } from '../state/evolve.js';
import { recordsOf, restore } from '../state/snapshot.js';

/** How long after its stop an allocation is assumed to have ended, in milliseconds. */
export const STOP_DURATION_MS = 5_000;

/** What may happen in a branch. Events of jobs that the cluster state does not fold have no effect. */
export type BranchEvent = ClusterStateEvent | JobEvent;

export interface BranchOptions extends Pick<PlanOptions, 'portRange' | 'reserves' | 'quotas'> {
  readonly now: number;
}

export interface SettleBounds {
  /** How far the branch's time may advance, in milliseconds. */
  readonly horizonMs: number;
  readonly maxEvents?: number;
  readonly maxMs?: number;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Whether the branch settled, and if not, which limit it reached. */
export type Settlement =
  { readonly settled: true } | { readonly settled: false; readonly because: 'events' | 'time' };

const MAX_EVENTS = 200_000;
const MAX_MS = 10_000;
const MADE_UP = 'what-if';

/**
 * A copy of the cluster state in which hypothetical events happen. The scheduler's own code plans and folds there, so the outcome is what would
 * happen in the cluster if nothing else intervened. Running allocations do not end on their own.
 */
export class Branch {
  readonly state: ClusterState;
  readonly #options: BranchOptions;
  readonly #stops = new Map<string, number>();
  readonly #scores = new Map<string, number>();
  #now: number;
  #events = 0;

  private constructor(state: ClusterState, options: BranchOptions) {
    this.state = state;
    this.#options = options;
    this.#now = options.now;
    for (const { id, stopping, reported } of state.allocations.values())
      if (stopping !== undefined && reported === undefined) this.#stops.set(id, this.#now + STOP_DURATION_MS);
  }

  static of(state: ClusterState, options: BranchOptions): Branch {
    const copy = restore(recordsOf(state));
    // Until a job is explained again it waits in its former queues, and so keeps its place in line there.
    copy.agenda.explainedAt = state.agenda.explainedAt;
    return new Branch(copy, options);
  }

  get now(): number {
    return this.#now;
  }

  get events(): number {
    return this.#events;
  }

  scoreOf(allocationId: string): number | undefined {
    return this.#scores.get(allocationId);
  }

  /**
   * Applies a hypothetical event.
   * @param revision revision of the event in its stream. Default: the next revision according to the state, which differs from the next revision of
   * the stream if the job has finished.
   */
  apply(event: BranchEvent, revision = this.#revisionOf(event)): void {
    this.#fold(event, streamOf(event), revision);
  }

  /**
   * Plans until nothing more changes within the horizon. Also call it with a horizon of 0 before the first hypothetical event: a copied state
   * evaluates all jobs, while a running scheduler evaluates only those that have changed.
   */
  settle({ horizonMs, maxEvents = MAX_EVENTS, maxMs = MAX_MS, clock }: SettleBounds): Settlement {
    const end = this.#now + horizonMs;
    const until = clock.monotonic() + maxMs;
    for (;;) {
      for (let isMore = true; isMore;) {
        if (this.#events >= maxEvents) return { settled: false, because: 'events' };
        if (clock.monotonic() > until) return { settled: false, because: 'time' };
        isMore = this.#plan();
      }
      const next = this.#nextChange();
      if (next === undefined || next > end) return { settled: true };
      this.#now = Math.max(this.#now, next);
      this.#endStopped();
    }
  }

  #plan(): boolean {
    const { portRange, reserves, quotas } = this.#options;
    const { events, more } = plan(this.state, { now: this.#now, portRange, reserves, quotas });
    for (const { cause: _, ...event } of events)
      this.#fold(event, SCHEDULER_STREAM, this.state.planRevision + 1);
    return more || events.length > 0;
  }

  #nextChange(): number | undefined {
    const [stop] = this.#stops.values();
    const due = nextDue(this.state);
    return stop === undefined || due === undefined ? (stop ?? due) : Math.min(stop, due);
  }

  #endStopped(): void {
    for (const [allocationId, at] of this.#stops) {
      if (at > this.#now) return;
      this.#stops.delete(allocationId);
      const allocation = this.state.allocations.get(allocationId);
      if (allocation === undefined) continue;
      const { job, group, slot, node } = allocation;
      this.apply({
        type: 'AllocationStopped',
        data: {
          allocationId,
          jobId: job.id,
          group: group.name,
          slot,
          nodeId: this.state.nodes[node]?.id ?? '',
          startTime: null,
          endTime: null,
          message: null,
        },
      });
    }
  }

  /** Versions of a job are revisions, so versions of hypothetical events must be newer than the job's latest version. */
  #revisionOf({ data }: BranchEvent): number {
    const job = 'jobId' in data ? this.state.jobs.get(data.jobId) : undefined;
    return job === undefined ? 0 : job.version + 1;
  }

  #fold(event: BranchEvent, stream: string, revision: number): void {
    this.#events += 1;
    const recorded: Recorded<BranchEvent> = {
      ...event,
      id: `${MADE_UP}-${this.#events}`,
      stream,
      revision,
      position: BigInt(this.#events),
      metadata: { $correlationId: MADE_UP, $causationId: MADE_UP, at: this.#now, v: 1 },
    };
    if (isOneOf(CLUSTER_STATE_EVENTS, recorded)) evolveClusterState(this.state, recorded);
    if (event.type === 'AllocationStopRequested') {
      const { allocationId } = event.data;
      if (!this.#stops.has(allocationId)) this.#stops.set(allocationId, this.#now + STOP_DURATION_MS);
    } else if (event.type === 'AllocationReleased') this.#stops.delete(event.data.allocationId);
    else if (event.type === 'AllocationPlaced' && event.data.score !== undefined)
      this.#scores.set(event.data.allocationId, event.data.score);
  }
}

function streamOf({ data }: BranchEvent): string {
  if ('jobId' in data) return streamName('job', data.jobId);
  return 'nodeId' in data ? streamName('node', data.nodeId) : MADE_UP;
}
