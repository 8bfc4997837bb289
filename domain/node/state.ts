import { assertNever } from '../errors/index.js';
import type { Recorded } from '../event/recorded.js';
import { EndedAllocationIds } from './ended-allocations.js';
import type { AgentProtocol, NodeEvent } from './events.js';

/** How far one task is known to be. */
export interface TaskProgress {
  readonly ended: boolean;
  /** It ended without success. */
  readonly failed: boolean;
  readonly startTime: number | null;
  /** Absent: its agent's checks have not decided yet. */
  readonly healthy?: boolean;
}

/** How far an allocation that has not ended is known to be. */
export interface AllocationProgress {
  readonly accepted: boolean;
  readonly started: boolean;
  readonly startTime: number | null;
  readonly tasks: ReadonlyMap<string, TaskProgress>;
  /** Its agent reports a status that is not known, since it was placed, or since it started. */
  readonly unknownStatus?: true;
}

/** What the stream of one node says. */
export interface NodeState {
  /** 0: not registered (since the cluster was last cleared, or it was removed). */
  readonly epoch: number;
  /** The epoch that it had when it was removed: epochs never come again. */
  readonly formerEpoch: number;
  readonly protocol: AgentProtocol;
  readonly healthy: boolean;
  readonly down: boolean;
  readonly draining: boolean;
  readonly eligible: boolean;
  /** As an operator said; absent: nobody has. */
  readonly slots?: number;
  readonly tags?: readonly string[];
  /** Resources as last recorded, without usage. */
  readonly observed: Readonly<Record<string, number>>;
  /** When they were recorded: milliseconds since the Unix epoch. */
  readonly observedAt: number;
  /** Statuses that its agent has reported since it registered and that are not known; at most {@link MAX_UNKNOWN_STATUSES}. Absent: none. */
  readonly unknownStatuses?: readonly string[];
  /** Allocations that were heard of and have not ended; at most {@link MAX_OPEN}, newest kept. */
  readonly open: ReadonlyMap<string, AllocationProgress>;
  /** Newest allocations that ended: terminal is final. Older ones have left the placements long ago. */
  readonly ended: EndedAllocationIds;
}

export const MAX_OPEN = 16_384;
/** More words than these of one node are not recorded: they tell nothing new. */
export const MAX_UNKNOWN_STATUSES = 16;

export const initialNodeState: NodeState = {
  epoch: 0,
  formerEpoch: 0,
  protocol: 'basic',
  healthy: false,
  down: false,
  draining: false,
  eligible: true,
  observed: {},
  observedAt: 0,
  open: new Map(),
  ended: EndedAllocationIds.none,
};

const UNHEARD: AllocationProgress = { accepted: false, started: false, startTime: null, tasks: new Map() };

export function evolveNode(state: NodeState, event: Recorded<NodeEvent>): NodeState {
  switch (event.type) {
    case 'NodeRegistered': {
      const { epoch, protocol, healthy, resources } = event.data;
      const { unknownStatuses: _former, ...rest } = state;
      return { ...rest, epoch, protocol, healthy, down: false, observed: capacityOf(resources), observedAt: event.metadata.at };
    }
    case 'NodeHeartbeatReceived':
      return { ...state, healthy: event.data.healthy, observed: event.data.resources, observedAt: event.metadata.at };
    case 'NodeWentDown':
      return { ...state, down: true };
    case 'NodeRemoved':
      return { ...initialNodeState, formerEpoch: event.data.epoch };
    case 'NodeCameBack':
      return { ...state, down: false };
    case 'NodeDrainStarted':
      return { ...state, draining: true };
    case 'NodeDrainEnded':
      return { ...state, draining: false };
    case 'NodeEligibilitySet':
      return { ...state, eligible: event.data.eligible };
    case 'NodeSlotsSet':
      return { ...state, slots: event.data.slots };
    case 'NodeTagsSet':
      return { ...state, tags: event.data.tags };
    case 'AllocationAccepted':
      return progress(state, event.data.allocationId, (known) => ({ ...known, accepted: true }));
    case 'AllocationStarted': {
      const { allocationId, startTime, tasks } = event.data;
      return progress(state, allocationId, ({ unknownStatus: _former, ...known }) => ({
        ...known,
        accepted: true,
        started: true,
        startTime,
        tasks: new Map([...known.tasks, ...Object.entries(tasks).map(([name, task]) => [name, running(task)] as const)]),
      }));
    }
    case 'TaskStarted': {
      const { allocationId, task } = event.data;
      return progress(state, allocationId, (known) => ({ ...known, tasks: new Map(known.tasks).set(task, running(event.data)) }));
    }
    case 'TaskHealthChanged': {
      const { allocationId, task, healthy } = event.data;
      return progress(state, allocationId, (known) => {
        const before = known.tasks.get(task);
        return before === undefined || before.ended ? known : { ...known, tasks: new Map(known.tasks).set(task, { ...before, healthy }) };
      });
    }
    case 'TaskExited': {
      const { allocationId, task, startTime, status } = event.data;
      const ended: TaskProgress = { ended: true, failed: status === 'failed', startTime };
      return progress(state, allocationId, (known) => ({ ...known, tasks: new Map(known.tasks).set(task, ended) }));
    }
    case 'AllocationStatusUnknown': {
      const { allocationId, status, newOfNode } = event.data;
      const next = progress(state, allocationId, (known) => ({ ...known, unknownStatus: true }));
      return newOfNode === true ? { ...next, unknownStatuses: [...(state.unknownStatuses ?? []), status] } : next;
    }
    case 'AllocationCompleted':
    case 'AllocationFailed':
    case 'AllocationStopped':
    case 'AllocationLost':
      return end(state, event.data.allocationId);
    default:
      return assertNever(event);
  }
}

/** What a node has, apart from what is used of it: usage is telemetry. */
export function capacityOf(resources: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(resources).filter(([name]) => !name.endsWith('_used')));
}

function running({ startTime, checked }: { readonly startTime: number | null; readonly checked?: boolean | undefined }): TaskProgress {
  return { ended: false, failed: false, startTime, ...(checked !== true && { healthy: true }) };
}

function progress(state: NodeState, id: string, change: (known: AllocationProgress) => AllocationProgress): NodeState {
  if (state.ended.has(id)) return state;
  const open = new Map(state.open).set(id, change(state.open.get(id) ?? UNHEARD));
  const [oldest] = open.size > MAX_OPEN ? open.keys() : [];
  if (oldest !== undefined) open.delete(oldest);
  return { ...state, open };
}

function end(state: NodeState, id: string): NodeState {
  const ended = state.ended.with(id);
  if (!state.open.has(id)) return { ...state, ended };
  const open = new Map(state.open);
  open.delete(id);
  return { ...state, open, ended };
}
