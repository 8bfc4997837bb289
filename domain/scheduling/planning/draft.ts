import type { PlanEvent } from '../plan-log/events.js';
import type { ClusterState } from '../state/cluster-state.js';
import type { Demand } from '../capacity/ledger.js';
import type { QuotaUse } from '../capacity/quota-ledger.js';
import type { Cause } from '../capacity/node-facts.js';
import type { LiveAllocation } from '../state/scheduled-job.js';
import { utf8Length } from '../../kernel/utf8-length.js';

export type PlannedEvent = PlanEvent & { readonly cause: Cause };

/** Limits of one append. */
export interface PlanLimits {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

export const PLAN_LIMITS: PlanLimits = { maxEvents: 200, maxBytes: 240_000 };
export const UNBOUNDED: PlanLimits = {
  maxEvents: Number.POSITIVE_INFINITY,
  maxBytes: Number.POSITIVE_INFINITY,
};
const METADATA_BYTES = 240;
const PLACEMENT_BYTES = 420;

interface Hold {
  readonly node: number;
  readonly demand: Demand;
  readonly devices: readonly number[] | undefined;
  readonly counted: QuotaUse | undefined;
}

interface DraftMark {
  readonly events: number;
  readonly holds: number;
  readonly bytes: number;
}

/**
 * A plan in progress: its events, and what its placements hold in addition to the state. An append is atomic, so later events may build on earlier
 * ones. `undo` restores the state.
 */
export class Draft {
  readonly events: PlannedEvent[] = [];
  readonly settled = new Set<LiveAllocation>();
  readonly starts = new Map<string, number>();
  readonly #state: ClusterState;
  readonly #limits: PlanLimits;
  readonly #holds: Hold[] = [];
  #bytes = 0;

  constructor(state: ClusterState, limits: PlanLimits) {
    this.#state = state;
    this.#limits = limits;
  }

  hasRoom(events: number): boolean {
    return (
      this.events.length + events <= this.#limits.maxEvents &&
      this.#bytes + events * (2 * METADATA_BYTES + PLACEMENT_BYTES) <= this.#limits.maxBytes
    );
  }

  /** Returns false if the event does not fit. */
  add(event: PlannedEvent): boolean {
    const { correlationId, causationId } = event.cause;
    const bytes = METADATA_BYTES + 3 * (correlationId.length + causationId.length) + dataBytes(event);
    if (this.events.length + 1 > this.#limits.maxEvents) return false;
    if (this.#bytes + bytes > this.#limits.maxBytes && this.events.length > 0) return false;
    this.events.push(event);
    this.#bytes += bytes;
    return true;
  }

  hold(node: number, demand: Demand, devices: readonly number[] | undefined, counted?: QuotaUse): void {
    this.#state.ledger.hold(node, demand, devices);
    this.#holds.push({ node, demand, devices, counted });
    if (counted === undefined) return;
    this.#state.quotas.hold(counted);
    this.#start(counted, 1);
  }

  mark(): DraftMark {
    return { events: this.events.length, holds: this.#holds.length, bytes: this.#bytes };
  }

  /** Drops everything that was added since the mark. Settled entries stay settled for this plan, which only delays them. */
  back({ events, holds, bytes }: DraftMark): void {
    for (const { node, demand, devices, counted } of this.#holds.splice(holds)) {
      if (counted !== undefined) {
        this.#state.quotas.release(counted);
        this.#start(counted, -1);
      }
      this.#state.ledger.release(node, demand, devices);
      this.#state.candidates.freed(node);
    }
    this.events.length = events;
    this.#bytes = bytes;
  }

  #start({ owner, runs }: QuotaUse, sign: 1 | -1): void {
    if (runs > 0)
      for (const key of this.#state.quotas.keysOf(owner))
        this.starts.set(key, (this.starts.get(key) ?? 0) + sign * runs);
  }

  undo(): void {
    this.back({ events: this.events.length, holds: 0, bytes: this.#bytes });
  }
}

function dataBytes(event: PlanEvent): number {
  switch (event.type) {
    case 'AllocationPlaced':
      return placementBytes(event.data);
    case 'EvaluationCompleted':
      return evaluationBytes(event.data);
    default:
      return utf8Length(JSON.stringify(event.data));
  }
}

/** An upper bound: a UTF-16 unit never takes more than three bytes. */
function evaluationBytes({
  evaluationId,
  jobId,
  triggers,
}: Extract<PlanEvent, { type: 'EvaluationCompleted' }>['data']): number {
  let length = evaluationId.length + jobId.length;
  for (const { ref } of triggers) length += ref.length + 20;
  return 120 + 3 * length;
}

/** An upper bound that is cheaper than serialising. Names are ASCII, so their lengths equal their sizes in bytes. */
function placementBytes(data: Extract<PlanEvent, { type: 'AllocationPlaced' }>['data']): number {
  const devices = data.gpuDevices === undefined ? 0 : JSON.stringify(data.gpuDevices).length;
  const { assignedPorts, volumes, readOnlyVolumes } = data;
  const assigned =
    assignedPorts === undefined && volumes === undefined
      ? 0
      : JSON.stringify([assignedPorts, volumes, readOnlyVolumes]).length + 60;
  const resources = Object.keys(data.resources).reduce((sum, name) => sum + name.length + 20, 0);
  return (
    PLACEMENT_BYTES +
    2 * data.jobId.length +
    data.group.length +
    data.nodeId.length +
    resources +
    6 * (data.ports?.length ?? 0) +
    devices +
    assigned
  );
}
