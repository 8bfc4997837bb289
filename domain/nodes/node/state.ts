import { confirmedBy } from '../../kernel/resources.js';
import { plainEndpoint } from '../../protocol/index.js';
import { assertNever } from '../../kernel/errors/index.js';
import type { Recorded } from '../../kernel/event/recorded.js';
import { EndedAllocationIds } from './ended-allocations.js';
import type { AgentProtocol, NodeEvent } from './events.js';

export interface TaskProgress {
  readonly ended: boolean;
  readonly failed: boolean;
  readonly startTime: number | null;
  readonly healthy?: boolean;
}

/** Progress of an allocation that has not ended. */
export interface AllocationProgress {
  readonly accepted: boolean;
  readonly started: boolean;
  readonly startTime: number | null;
  readonly tasks: ReadonlyMap<string, TaskProgress>;
  readonly unknownStatus?: true;
}

export interface NodeState {
  readonly epoch: number;
  /** The epoch before the removal. It is needed because epochs are never reused. */
  readonly formerEpoch: number;
  readonly protocol: AgentProtocol;
  readonly healthy: boolean;
  readonly down: boolean;
  /** The agent that holds the node id. Absent if it sent no id of its run, so that any agent can take its place. */
  readonly holder?: { readonly instance: string; readonly address: string };
  /** When a second agent was last recorded as refused, in milliseconds since the epoch. */
  readonly refusedAt?: number;
  readonly draining: boolean;
  /** The deadline of the drain that goes on, in seconds after its start. Absent if there is none. */
  readonly drainSeconds?: number;
  readonly eligible: boolean;
  /** What the agent claimed when it registered. */
  readonly claim?: Readonly<Record<string, number>>;
  /** What it claimed when an operator last made the node eligible. */
  readonly confirmed?: Readonly<Record<string, number>>;
  readonly slots?: number;
  readonly tags?: readonly string[];
  readonly observed: Readonly<Record<string, number>>;
  readonly observedAt: number;
  readonly unknownStatuses?: readonly string[];
  readonly open: ReadonlyMap<string, AllocationProgress>;
  /** Ids of the most recently ended allocations. Late reports about them are ignored, because an end is final. Older ids can be dropped. */
  readonly ended: EndedAllocationIds;
}

export const MAX_OPEN = 16_384;
/** Once this many unknown statuses of a node have been recorded, additional ones are not. */
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

type Registered = Extract<Recorded<NodeEvent>, { type: 'NodeRegistered' }>;

const UNHEARD: AllocationProgress = { accepted: false, started: false, startTime: null, tasks: new Map() };

export function evolveNode(state: NodeState, event: Recorded<NodeEvent>): NodeState {
  switch (event.type) {
    case 'NodeRegistered':
      return registered(state, event);
    case 'NodeRegistrationRefused':
      return { ...state, refusedAt: event.metadata.at };
    case 'NodeHeartbeatReceived':
      return {
        ...state,
        healthy: event.data.healthy,
        observed: event.data.resources,
        observedAt: event.metadata.at,
      };
    case 'NodeWentDown':
      return { ...state, down: true };
    case 'NodeRemoved':
      return { ...initialNodeState, formerEpoch: event.data.epoch };
    case 'NodeCameBack':
      return { ...state, down: false };
    case 'NodeDrainStarted':
    case 'NodeDrainEnded': {
      const { drainSeconds: _former, ...rest } = state;
      const seconds = event.type === 'NodeDrainStarted' ? event.data.deadlineSeconds : undefined;
      return {
        ...rest,
        draining: event.type === 'NodeDrainStarted',
        ...(seconds !== undefined && { drainSeconds: seconds }),
      };
    }
    case 'NodeEligibilitySet':
      return {
        ...state,
        eligible: event.data.eligible,
        ...(event.data.eligible && confirmedBy(state.claim)),
      };
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
        tasks: new Map([
          ...known.tasks,
          ...Object.entries(tasks).map(([name, task]) => [name, running(task)] as const),
        ]),
      }));
    }
    case 'TaskStarted': {
      const { allocationId, task } = event.data;
      return progress(state, allocationId, (known) => ({
        ...known,
        tasks: new Map(known.tasks).set(task, running(event.data)),
      }));
    }
    case 'TaskHealthChanged': {
      const { allocationId, task, healthy } = event.data;
      return progress(state, allocationId, (known) => {
        const before = known.tasks.get(task);
        return before === undefined || before.ended
          ? known
          : { ...known, tasks: new Map(known.tasks).set(task, { ...before, healthy }) };
      });
    }
    case 'TaskExited': {
      const { allocationId, task, startTime, status } = event.data;
      const ended: TaskProgress = { ended: true, failed: status === 'failed', startTime };
      return progress(state, allocationId, (known) => ({
        ...known,
        tasks: new Map(known.tasks).set(task, ended),
      }));
    }
    case 'AllocationStatusUnknown': {
      const { allocationId, status, newOfNode } = event.data;
      const next = progress(state, allocationId, (known) => ({ ...known, unknownStatus: true }));
      return newOfNode === true
        ? { ...next, unknownStatuses: [...(state.unknownStatuses ?? []), status] }
        : next;
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

function registered(state: NodeState, event: Registered): NodeState {
  const { epoch, protocol, healthy, resources, instance } = event.data;
  const { unknownStatuses: _statuses, holder: _holder, refusedAt: _refused, ...rest } = state;
  return {
    ...rest,
    ...(instance !== undefined && { holder: { instance, address: addressOfAgent(event.data) } }),
    epoch,
    protocol,
    healthy,
    down: false,
    observed: capacityOf(resources),
    claim: resources,
    observedAt: event.metadata.at,
  };
}

/** Returns where an agent is: its URL, or its address if servers reach it in another way. */
export function addressOfAgent({
  endpoint,
  ipAddress,
}: {
  readonly endpoint: string | null;
  readonly ipAddress: string;
}): string {
  return endpoint?.startsWith('http') === true ? plainEndpoint(endpoint) : ipAddress;
}

/** Removes usage, which is telemetry. */
export function capacityOf(resources: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(resources).filter(([name]) => !name.endsWith('_used')));
}

function running({
  startTime,
  checked,
}: {
  readonly startTime: number | null;
  readonly checked?: boolean | undefined;
}): TaskProgress {
  return { ended: false, failed: false, startTime, ...(checked !== true && { healthy: true }) };
}

function progress(
  state: NodeState,
  id: string,
  change: (known: AllocationProgress) => AllocationProgress,
): NodeState {
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
