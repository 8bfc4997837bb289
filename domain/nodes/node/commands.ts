import type { AllocationReport, Registration } from '../../protocol/index.js';
import type { AgentProtocol } from './events.js';

export interface AllocationReference {
  readonly allocationId: string;
  readonly jobId: string;
  readonly group: string;
  readonly slot: number;
}

/** An allocation that is placed on the node and has not ended, as far as the caller knows. */
export interface PlacedAllocation extends AllocationReference {
  /** Task names; only needed if the report does not name them. */
  readonly tasks?: readonly string[];
  /** Sealed results by task. Those in the report itself are plain text and are never recorded. */
  readonly results?: ReadonlyMap<string, string>;
}

/** `placed` lists what is placed on the node; reports about anything else are ignored. */
export interface Reports {
  readonly reports: Readonly<Record<string, AllocationReport>>;
  readonly placed: ReadonlyMap<string, PlacedAllocation>;
}

interface OfNode {
  readonly nodeId: string;
}

/** A missing epoch means the current one. */
interface OfEpoch extends OfNode {
  readonly epoch?: number | undefined;
}

interface OfAllocation extends OfEpoch {
  readonly allocation: AllocationReference;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

export interface RegisterNode extends OfNode {
  readonly type: 'RegisterNode';
  readonly registration: Registration;
  readonly protocol: AgentProtocol;
  /** The highest epoch of this node before the cluster was cleared, because epochs are never reused. */
  readonly formerEpoch?: number | undefined;
  /** Digest of the sender's address, if the node counts against that address. */
  readonly address?: string | undefined;
}

export interface RecordHeartbeat extends OfEpoch, Reports {
  readonly type: 'RecordHeartbeat';
  readonly healthy: boolean;
  readonly resources: Readonly<Record<string, number>>;
  readonly at: number;
  /** Records an unchanged heartbeat after this many milliseconds. Absent: 300,000. */
  readonly recordEveryMs?: number | undefined;
}

export interface RecordReports extends OfEpoch, Reports {
  readonly type: 'RecordReports';
  readonly at: number;
}

export interface MarkDown extends OfNode {
  readonly type: 'MarkDown';
  readonly epoch: number;
  readonly reason: string;
}

/** Too many nodes of its address are waiting. Ignored if the node ran something, was configured by an operator, or has a newer epoch. */
export interface RemoveNode extends OfNode {
  readonly type: 'RemoveNode';
  readonly epoch: number;
  readonly reason: string;
}

/** An operator declares the node gone, when too many are silent at once for the server to decide. */
export interface DeclareDown extends OfNode {
  readonly type: 'DeclareDown';
  readonly reason: string;
  /** Silence so far, and the silence required to declare a node down, in milliseconds. */
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

export interface RejectAllocation extends OfAllocation {
  readonly type: 'RejectAllocation';
  readonly message: string;
}

/** The agent stopped it by order of the server, or does not have it and can no longer receive it. */
export interface ConfirmStopped extends OfAllocation {
  readonly type: 'ConfirmStopped';
}

export interface ReportLost extends OfAllocation {
  readonly type: 'ReportLost';
  readonly reason: string;
}

/** An allocation from before the last clear was stopped, or (`lost`) can no longer be reached. The node need not be registered. */
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
