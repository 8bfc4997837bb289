import type { AssignedPorts } from '../job/task-port.js';
import type { AgentProtocol } from '../node/events.js';

/** One allocation on its node, until the plan log has let go of it and nothing of it can run any more. Its tasks are read where they are needed: 100,000 of these are held. */
export class Placement {
  /** A basic agent acknowledged the order. */
  accepted = false;
  started = false;
  stopRequested = false;
  /** Its agent, or a server in its place, said that it ended. */
  ended = false;
  /** The plan log let go of it although nobody said that it ended: it may still run. */
  released = false;

  constructor(
    readonly allocationId: string,
    readonly jobId: string,
    /** The revision in `job-<id>` whose event holds the specification. */
    readonly jobVersion: number,
    readonly group: string,
    readonly slot: number,
    readonly gpuDevices: Readonly<Record<string, readonly number[]>> | undefined,
    /** Host ports that the scheduler chose, by task. */
    readonly assignedPorts: AssignedPorts | undefined,
    /** When it was placed, in milliseconds since the epoch: tells it from what another life of the log placed under the same id. */
    readonly placedAt: number,
  ) {}

  /** It should run. */
  get wanted(): boolean {
    return !this.stopRequested && !this.ended && !this.released;
  }

  /** It should not run and may. */
  get unwanted(): boolean {
    return !this.ended && (this.stopRequested || this.released);
  }
}

/** A node as the dispatcher sees it: where its agent is, and what is placed there. */
export class PlacedNode {
  /** 0: placed upon before it was registered, which only a damaged log can say. */
  epoch = 0;
  endpoint: string | null = null;
  protocol: AgentProtocol = 'basic';
  down = false;
  /** Digest of the address that registered it; undefined where none counts. */
  address: string | undefined;
  /** Something was started on it since the cluster was last cleared. Anybody with a join token can register a name. */
  hasRun = false;
  readonly allocations = new Map<string, Placement>();
  /** Ids of the allocations that the plan log released and that may still run here, oldest first. */
  readonly lingering = new Set<string>();
  /** Rises whenever the set of wanted allocations changes. */
  wantedVersion = 0;

  constructor(readonly nodeId: string) {}

  /** What the node should run. */
  wanted(): Placement[] {
    return [...this.allocations.values()].filter((placement) => placement.wanted);
  }
}

/** Where an allocation ran before the cluster was cleared. */
export interface FormerNode {
  readonly nodeId: string;
  readonly epoch: number;
  readonly endpoint: string;
  readonly protocol: AgentProtocol;
}

/** What ran before the cluster was cleared, and has not been stopped for certain. */
export interface Orphan {
  readonly allocationId: string;
  readonly jobId: string;
  readonly group: string;
  readonly slot: number;
  readonly node: FormerNode;
  /** Its order is known to have arrived. Else it may yet be on its way. */
  readonly arrived: boolean;
}
