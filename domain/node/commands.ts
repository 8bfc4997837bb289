import type { AllocationReport, Registration } from '../protocol/index.js';
import type { AgentProtocol } from './events.js';

/** Which slot of which job an allocation fills, as every event about it says. */
export interface AllocationReference {
  readonly allocationId: string;
  readonly jobId: string;
  readonly group: string;
  readonly slot: number;
}

/** An allocation that is placed on the node and has not ended, as far as the caller's fold knows. */
export interface PlacedAllocation extends AllocationReference {
  /** Names of the group's tasks; only needed where a report does not name them itself. */
  readonly tasks?: readonly string[];
  /** What its tasks gave back, sealed, by their names. The report's own results are in the clear, and stay where they are. */
  readonly results?: ReadonlyMap<string, string>;
}

/** Reports by allocation id, and what is placed on the node: a report of anything else is ignored. */
export interface Reports {
  readonly reports: Readonly<Record<string, AllocationReport>>;
  readonly placed: ReadonlyMap<string, PlacedAllocation>;
}

interface OfNode {
  readonly nodeId: string;
}

/** What an agent says is of the epoch that it names, or of the current one where it names none. */
interface OfEpoch extends OfNode {
  readonly epoch?: number | undefined;
}

interface OfAllocation extends OfEpoch {
  readonly allocation: AllocationReference;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** Each registration begins a new epoch. */
export interface RegisterNode extends OfNode {
  readonly type: 'RegisterNode';
  readonly registration: Registration;
  readonly protocol: AgentProtocol;
  /** The highest epoch that this node is known to have had before the cluster was cleared: epochs never come again. */
  readonly formerEpoch?: number | undefined;
  /** Digest of the address that it came from, where it counts among those of the address. */
  readonly address?: string | undefined;
}

export interface RecordHeartbeat extends OfEpoch, Reports {
  readonly type: 'RecordHeartbeat';
  readonly healthy: boolean;
  readonly resources: Readonly<Record<string, number>>;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Recorded even where nothing changed, if nothing was for so many milliseconds. Absent: 300,000. */
  readonly recordEveryMs?: number | undefined;
}

/** Status that the server asked the agent for. */
export interface RecordReports extends OfEpoch, Reports {
  readonly type: 'RecordReports';
  readonly at: number;
}

/** The node was silent for too long. Of a past epoch: nothing happens. */
export interface MarkDown extends OfNode {
  readonly type: 'MarkDown';
  readonly epoch: number;
  readonly reason: string;
}

/** Too many of its address wait. Of a node that ran something, or that an operator has spoken of, and of a past epoch: nothing happens. */
export interface RemoveNode extends OfNode {
  readonly type: 'RemoveNode';
  readonly epoch: number;
  readonly reason: string;
}

/** An operator says that the node is gone, where too many are silent at once for the server to say so itself. */
export interface DeclareDown extends OfNode {
  readonly type: 'DeclareDown';
  /** The operator's words. */
  readonly reason: string;
  /** For how long nothing was heard of it, and after how long a node may be declared down. Milliseconds. */
  readonly silentMs: number;
  readonly timeoutMs: number;
}

export interface SetDrain extends OfNode {
  readonly type: 'SetDrain';
  readonly enable: boolean;
}

export interface SetEligibility extends OfNode {
  readonly type: 'SetEligibility';
  readonly eligible: boolean;
}

/** What an operator says of a node, as far as it says anything. It outlives registrations. */
export interface ConfigureNode extends OfNode {
  readonly type: 'ConfigureNode';
  readonly eligible?: boolean | undefined;
  readonly slots?: number | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** A basic agent acknowledged the order. */
export interface AcceptAllocation extends OfAllocation {
  readonly type: 'AcceptAllocation';
}

/** The agent refused the order. */
export interface RejectAllocation extends OfAllocation {
  readonly type: 'RejectAllocation';
  readonly message: string;
}

/** The agent stopped it on the server's order, or has not got it and cannot get it any more. */
export interface ConfirmStopped extends OfAllocation {
  readonly type: 'ConfirmStopped';
}

export interface ReportLost extends OfAllocation {
  readonly type: 'ReportLost';
  readonly reason: string;
}

/** An allocation from before the last ClusterCleared was stopped, or (`lost`) nobody can be asked any more. The node need not be registered. */
export interface CloseOrphan extends OfNode {
  readonly type: 'CloseOrphan';
  readonly allocation: AllocationReference;
  readonly at: number;
  readonly outcome: { readonly kind: 'stopped' } | { readonly kind: 'lost'; readonly reason: string };
}

export type NodeCommand =
  | RegisterNode
  | RecordHeartbeat
  | RecordReports
  | MarkDown
  | RemoveNode
  | DeclareDown
  | SetDrain
  | SetEligibility
  | ConfigureNode
  | AcceptAllocation
  | RejectAllocation
  | ConfirmStopped
  | ReportLost
  | CloseOrphan;
