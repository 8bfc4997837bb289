import type { AssignedPorts } from '../../jobs/job/task-port.js';
import type { AgentProtocol } from '../../nodes/node/events.js';

/**
 * An allocation on its node, until the plan log has released it and none of its tasks can still be running. Its tasks are read on demand, because up
 * to 100,000 placements are held in memory.
 */
export class Placement {
  accepted = false;
  started = false;
  stopRequested = false;
  ended = false;
  released = false;

  constructor(
    readonly allocationId: string,
    readonly jobId: string,
    /** Revision in `job-<id>` of the event that holds the specification. */
    readonly jobVersion: number,
    readonly group: string,
    readonly slot: number,
    readonly gpuDevices: Readonly<Record<string, readonly number[]>> | undefined,
    readonly assignedPorts: AssignedPorts | undefined,
    /** Milliseconds since the epoch. Distinguishes it from an allocation with the same id that was placed in an earlier epoch of the log. */
    readonly placedAt: number,
    /** Revision of its placement in the plan log. */
    readonly revision: number,
  ) {}

  get wanted(): boolean {
    return !this.stopRequested && !this.ended && !this.released;
  }

  get unwanted(): boolean {
    return !this.ended && (this.stopRequested || this.released);
  }
}

/** `containers`: of any kind. `gpus`: containers with GPUs. */
export const NODE_FAULTS = ['containers', 'gpus'] as const;
export type NodeFault = (typeof NODE_FAULTS)[number];

/** A node as the dispatcher uses it: its agent's endpoint and its allocations. */
export class PlacedNode {
  epoch = 0;
  endpoint: string | null = null;
  protocol: AgentProtocol = 'basic';
  down = false;
  /** Digest of the address that registered it. If undefined, the node does not count towards the limit per address. */
  address: string | undefined;
  /** The address under which its published ports can be reached. */
  ipAddress: string | undefined;
  /** Kinds of work that it takes none of, because it could not start them. */
  faults: readonly NodeFault[] = [];
  hasRun = false;
  readonly allocations = new Map<string, Placement>();
  /** Ids of allocations that were released and may still be running here, oldest first. */
  readonly lingering = new Set<string>();
  /** Increases whenever the set of wanted allocations changes. */
  wantedVersion = 0;

  constructor(readonly nodeId: string) {}

  wanted(): Placement[] {
    return [...this.allocations.values()].filter((placement) => placement.wanted);
  }
}

/** The node on which an allocation ran before the cluster was cleared. */
export interface FormerNode {
  readonly nodeId: string;
  readonly epoch: number;
  readonly endpoint: string;
  readonly protocol: AgentProtocol;
}

/** An allocation from before a clear that may not have been stopped yet. */
export interface Orphan {
  readonly allocationId: string;
  readonly jobId: string;
  readonly group: string;
  readonly slot: number;
  readonly node: FormerNode;
  readonly arrived: boolean;
}
