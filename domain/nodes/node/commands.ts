import type { AllocationReport, Registration } from '../../protocol/index.js';
import type { AgentProtocol } from './events.js';

export interface AllocationReference {
  readonly allocationId: string;
  readonly jobId: string;
  readonly group: string;
  readonly slot: number;
}

/** An allocation that is placed on the node and, as far as the caller can tell, has not ended. */
export interface PlacedAllocation extends AllocationReference {
  readonly tasks?: readonly string[];
  /** Sealed results by task. The results in the report itself are plain text and are never recorded. */
  readonly results?: ReadonlyMap<string, string>;
}

export interface Reports {
  readonly reports: Readonly<Record<string, AllocationReport>>;
  readonly placed: ReadonlyMap<string, PlacedAllocation>;
}

interface OfNode {
  readonly nodeId: string;
}

interface OfEpoch extends OfNode {
  readonly epoch?: number | undefined;
}

interface OfAllocation extends OfEpoch {
  readonly allocation: AllocationReference;
  readonly at: number;
}

export interface RegisterNode extends OfNode {
  readonly type: 'RegisterNode';
  readonly registration: Registration;
  readonly protocol: AgentProtocol;
  /** The highest epoch of this node before the cluster was cleared. It is needed because epochs are never reused. */
  readonly formerEpoch?: number | undefined;
  readonly address?: string | undefined;
  readonly at: number;
}

export interface RecordHeartbeat extends OfEpoch, Reports {
  readonly type: 'RecordHeartbeat';
  readonly healthy: boolean;
  readonly resources: Readonly<Record<string, number>>;
  readonly at: number;
  /** Records an unchanged heartbeat after this many milliseconds. Default: 300,000. */
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

/** Removes a surplus waiting node of an address. Ignored if the node ran something, was configured by an operator, or has a newer epoch. */
export interface RemoveNode extends OfNode {
  readonly type: 'RemoveNode';
  readonly epoch: number;
  readonly reason: string;
}

/** An operator removes a node whose machine is gone. If it registers again, it is a new node. */
export interface DecommissionNode extends OfNode {
  readonly type: 'DecommissionNode';
  /** Number of allocations that are placed on the node and, as far as the caller can tell, have not ended. */
  readonly placed: number;
  /** Removes the node in spite of them. They are then lost. */
  readonly force: boolean;
}

/** An operator declares the node down, if too many nodes are silent at the same time for the server to decide. */
export interface DeclareDown extends OfNode {
  readonly type: 'DeclareDown';
  readonly reason: string;
  /** How long the node has been silent, and how long it must be silent before it can be declared down, in milliseconds. */
  readonly silentMs: number;
  readonly timeoutMs: number;
}

export interface SetDrain extends OfNode {
  readonly type: 'SetDrain';
  readonly enable: boolean;
  /** How long allocations that may not be repeated can still run. 0: they are stopped at once. Default: a drain that goes on stays as it is. */
  readonly deadlineSeconds?: number | undefined;
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

/** A basic agent acknowledged the order to run the allocation. */
export interface AcceptAllocation extends OfAllocation {
  readonly type: 'AcceptAllocation';
}

export interface RejectAllocation extends OfAllocation {
  readonly type: 'RejectAllocation';
  readonly message: string;
}

/** The agent stopped the allocation by order of the server, or does not have it and can no longer receive it. */
export interface ConfirmStopped extends OfAllocation {
  readonly type: 'ConfirmStopped';
}

export interface ReportLost extends OfAllocation {
  readonly type: 'ReportLost';
  readonly reason: string;
}

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
  | DecommissionNode
  | DeclareDown
  | SetDrain
  | SetEligibility
  | ConfigureNode
  | AcceptAllocation
  | RejectAllocation
  | ConfirmStopped
  | ReportLost
  | CloseOrphan;
