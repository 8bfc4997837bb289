import type { AssignedPorts } from '../../jobs/job/task-port.js';
import type { AgentProtocol } from '../../nodes/node/events.js';

/**
 * An allocation on its node, until the plan log has released it and nothing of it can still run. Its tasks are read on
 * demand, because up to 100,000 of these are in memory.
 */
export class Placement {
  /** A basic agent acknowledged the order. */
  accepted = false;
  started = false;
  stopRequested = false;
  ended = false;
  /** The plan log released it without a reported end, so it may still run. */
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
    /** Milliseconds since the epoch. Distinguishes it from an allocation of the same id that an earlier epoch of the log placed. */
    readonly placedAt: number,
  ) {}

  get wanted(): boolean {
    return !this.stopRequested && !this.ended && !this.released;
  }

  /** It should not run, but may. */
  get unwanted(): boolean {
    return !this.ended && (this.stopRequested || this.released);
  }
}

/** A node as the dispatcher sees it: its agent's endpoint and its allocations. */
export class PlacedNode {
  /** 0: placed upon before it was registered, which only a damaged log contains. */
  epoch = 0;
  endpoint: string | null = null;
  protocol: AgentProtocol = 'basic';
  down = false;
  /** Digest of the address that registered it; undefined: the address does not count. */
  address: string | undefined;
  /**
   * Something ran on it since the cluster was last cleared. Anybody with a join token can register a name, so a node
   * that never ran anything may be removed.
   */
  hasRun = false;
  readonly allocations = new Map<string, Placement>();
  /** Ids of allocations that were released and may still run here, oldest first. */
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

/** An allocation from before a clear that has not been stopped for certain. */
export interface Orphan {
  readonly allocationId: string;
  readonly jobId: string;
  readonly group: string;
  readonly slot: number;
  readonly node: FormerNode;
  /** Its order is known to have arrived; otherwise it may still be on its way. */
  readonly arrived: boolean;
}
