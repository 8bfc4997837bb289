import { needsConfirmation } from '../../kernel/resources.js';
import { assertNever, MusterError } from '../../kernel/errors/index.js';
import type { Decider } from '../../kernel/event/decider.js';
import type {
  AllocationReference,
  ConfigureNode,
  DeclareDown,
  DecommissionNode,
  NodeCommand,
  RecordHeartbeat,
  RegisterNode,
  Reports,
} from './commands.js';
import type { NodeEvent } from './events.js';
import { reportedEvents } from './reports.js';
import {
  addressOfAgent,
  capacityOf,
  evolveNode,
  initialNodeState,
  MAX_UNKNOWN_STATUSES,
  type NodeState,
} from './state.js';
import { unknownStatusOf } from './unknown-status.js';

/** Minimum interval at which heartbeats without changes are recorded. */
export const HEARTBEAT_RECORD_INTERVAL_MS = 300_000;
/** Minimum interval at which changes of observed resources are recorded. */
export const RESOURCES_RECORD_INTERVAL_MS = 60_000;
/** Minimum interval at which refused registrations of a second agent are recorded. */
export const REFUSAL_RECORD_INTERVAL_MS = 300_000;
const NOTABLE_SHARE = 0.1;
/**
 * Limits of one batch of reported events: their number, and the characters in the agents' strings. Repeating the command delivers the remaining
 * events. An append holds at most 200 events and 256 KiB.
 */
export const MAX_REPORTED_EVENTS = 100;
const MAX_REPORTED_TEXT = 8192;
/** Maximum length of the sealed results per batch, in characters. A longer result is appended alone. */
export const MAX_REPORTED_RESULTS = 65_536;
const MAX_MESSAGE = 2048;
const MAX_RESOURCES = 64;

export const nodeDecider: Decider<NodeCommand, NodeEvent, NodeState> = {
  initialState: initialNodeState,
  decide,
  evolve: evolveNode,
};

function decide(command: NodeCommand, state: NodeState): readonly NodeEvent[] {
  switch (command.type) {
    case 'RegisterNode':
      return isHeldByAnother(command, state) ? refused(command, state) : [registered(command, state)];
    case 'RecordHeartbeat':
      checkEpoch(command, state);
      return resultsBounded([...livenessEvents(command, state), ...reported(command, state, command.nodeId)]);
    case 'RecordReports':
      checkEpoch(command, state);
      return resultsBounded(reported(command, state, command.nodeId));
    case 'MarkDown': {
      const { nodeId, epoch, reason } = command;
      return state.epoch === epoch && !state.down
        ? [{ type: 'NodeWentDown', data: { nodeId, epoch, reason } }]
        : [];
    }
    case 'RemoveNode': {
      const { nodeId, epoch, reason } = command;
      return state.epoch === epoch && isUntouched(state)
        ? [{ type: 'NodeRemoved', data: { nodeId, epoch, reason } }]
        : [];
    }
    case 'DecommissionNode':
      return decommissioned(command, state);
    case 'DeclareDown':
      return declaredDown(command, state);
    case 'SetDrain': {
      const { nodeId, enable, deadlineSeconds = state.drainSeconds ?? 0 } = command;
      if (state.epoch === 0) throw new MusterError('MUSTER_E_NODE_NOT_FOUND', { nodeId });
      if (!enable) return state.draining ? [{ type: 'NodeDrainEnded', data: { nodeId } }] : [];
      if (state.draining && deadlineSeconds === (state.drainSeconds ?? 0)) return [];
      const until = deadlineSeconds > 0 ? { deadlineSeconds } : {};
      return [{ type: 'NodeDrainStarted', data: { nodeId, ...until } }];
    }
    case 'SetEligibility': {
      const { nodeId, eligible } = command;
      if (state.epoch === 0) throw new MusterError('MUSTER_E_NODE_NOT_FOUND', { nodeId });
      return changesEligibility(eligible, state)
        ? [{ type: 'NodeEligibilitySet', data: { nodeId, eligible } }]
        : [];
    }
    case 'ConfigureNode':
      return configured(command, state);
    case 'AcceptAllocation': {
      checkEpoch(command, state);
      const { allocation, nodeId } = command;
      if (over(allocation, state) || state.open.get(allocation.allocationId)?.accepted === true) return [];
      return [{ type: 'AllocationAccepted', data: named(allocation, nodeId) }];
    }
    case 'RejectAllocation': {
      checkEpoch(command, state);
      const { allocation, nodeId, at, message } = command;
      // A rejected allocation may still be running: a second order can reach an agent that has already carried out the first one.
      if (over(allocation, state) || state.open.get(allocation.allocationId)?.accepted === true) return [];
      const data = {
        ...named(allocation, nodeId),
        startTime: null,
        endTime: at / 1000,
        message: message.slice(0, MAX_MESSAGE),
      };
      return [{ type: 'AllocationFailed', data }];
    }
    case 'ConfirmStopped': {
      checkEpoch(command, state);
      return over(command.allocation, state)
        ? []
        : [stopped(command.allocation, command.nodeId, command.at, state)];
    }
    case 'ReportLost': {
      checkEpoch(command, state);
      const { allocation, nodeId, reason } = command;
      return over(allocation, state)
        ? []
        : [{ type: 'AllocationLost', data: { ...named(allocation, nodeId), reason } }];
    }
    case 'CloseOrphan': {
      const { allocation, nodeId, at, outcome } = command;
      if (over(allocation, state)) return [];
      if (outcome.kind === 'stopped') return [stopped(allocation, nodeId, at, state)];
      return [{ type: 'AllocationLost', data: { ...named(allocation, nodeId), reason: outcome.reason } }];
    }
    default:
      return assertNever(command);
  }
}

function configured(
  { nodeId, eligible, slots, tags }: ConfigureNode,
  state: NodeState,
): readonly NodeEvent[] {
  if (state.epoch === 0) throw new MusterError('MUSTER_E_NODE_NOT_FOUND', { nodeId });
  const tagged = tags !== undefined && JSON.stringify(tags) !== JSON.stringify(state.tags ?? []);
  const events: NodeEvent[] = [];
  if (eligible !== undefined && changesEligibility(eligible, state))
    events.push({ type: 'NodeEligibilitySet', data: { nodeId, eligible } });
  if (slots !== undefined && slots !== state.slots)
    events.push({ type: 'NodeSlotsSet', data: { nodeId, slots } });
  if (tagged) events.push({ type: 'NodeTagsSet', data: { nodeId, tags: [...tags] } });
  return events;
}

/** Making an eligible node eligible confirms a claim that is larger than what counts without it. */
function changesEligibility(eligible: boolean, state: NodeState): boolean {
  return eligible !== state.eligible || (eligible && needsConfirmation(state.claim ?? {}, state.confirmed));
}

/** The agent of a node that is up would register it again, without what operators have configured. */
function decommissioned(
  { nodeId, placed, force }: DecommissionNode,
  { epoch, down }: NodeState,
): readonly NodeEvent[] {
  if (epoch === 0) throw new MusterError('MUSTER_E_NODE_NOT_FOUND', { nodeId });
  if (!down) throw new MusterError('MUSTER_E_NODE_UP', { nodeId });
  if (placed > 0 && !force) throw new MusterError('MUSTER_E_NODE_IN_USE', { nodeId, count: placed });
  return [{ type: 'NodeRemoved', data: { nodeId, epoch, reason: 'removed by an operator' } }];
}

/** Work on a node that still sends heartbeats would run twice, so the node must be drained instead. */
function declaredDown(
  { nodeId, reason, silentMs, timeoutMs }: DeclareDown,
  { epoch, down }: NodeState,
): readonly NodeEvent[] {
  if (epoch === 0) throw new MusterError('MUSTER_E_NODE_NOT_FOUND', { nodeId });
  if (down) return [];
  const silent = Math.floor(silentMs / 1000);
  if (silentMs < timeoutMs)
    throw new MusterError('MUSTER_E_NODE_HEARD', { nodeId, silent, timeout: Math.ceil(timeoutMs / 1000) });
  return [
    {
      type: 'NodeWentDown',
      data: { nodeId, epoch, reason: `silent for ${silent} s, and declared down: ${reason}` },
    },
  ];
}

function isUntouched({ open, ended, draining, eligible, slots, tags }: NodeState): boolean {
  return (
    open.size === 0 && ended.size === 0 && !draining && eligible && slots === undefined && tags === undefined
  );
}

function registered(command: RegisterNode, state: NodeState): NodeEvent {
  const { nodeId, registration, protocol } = command;
  return {
    type: 'NodeRegistered',
    data: {
      nodeId,
      epoch: Math.max(state.epoch, state.formerEpoch, command.formerEpoch ?? 0) + 1,
      ipAddress: registration.ip_address,
      resources: registration.resources,
      attributes: registration.attributes ?? {},
      ...(registration.drivers === undefined ? {} : { drivers: registration.drivers }),
      healthy: registration.healthy,
      endpoint: registration.endpoint ?? null,
      protocol,
      ...(command.address === undefined ? {} : { address: command.address }),
      ...(registration.instance === undefined ? {} : { instance: registration.instance }),
    },
  };
}

/**
 * Whether the node id belongs to another agent that is up. The successor of that agent knows it from their directory. A new directory takes the id
 * over, because a lost directory is more frequent than two machines with the same configured id; the former agent is then refused.
 */
function isHeldByAnother({ registration }: RegisterNode, { holder, down, epoch }: NodeState): boolean {
  const { instance, earlier_instances: earlier = [] } = registration;
  if (epoch === 0 || down || holder === undefined || instance === undefined || earlier.length === 0)
    return false;
  return ![instance, ...earlier].includes(holder.instance);
}

function refused(
  { nodeId, registration, at }: RegisterNode,
  { epoch, holder, refusedAt = Number.NEGATIVE_INFINITY }: NodeState,
): readonly NodeEvent[] {
  if (holder === undefined || Math.abs(at - refusedAt) < REFUSAL_RECORD_INTERVAL_MS) return [];
  const { endpoint = null, ip_address: ipAddress } = registration;
  const address = addressOfAgent({ endpoint, ipAddress });
  return [{ type: 'NodeRegistrationRefused', data: { nodeId, epoch, address, holder: holder.address } }];
}

/** Past epochs are refused permanently. A future epoch comes from a history that was lost, so its node has to register again. */
function checkEpoch(
  command: { readonly nodeId: string; readonly epoch?: number | undefined },
  state: NodeState,
): void {
  const { nodeId, epoch } = command;
  if (state.epoch === 0 || (epoch !== undefined && epoch > state.epoch))
    throw new MusterError('MUSTER_E_NODE_UNKNOWN', { nodeId });
  if (epoch !== undefined && epoch < state.epoch)
    throw new MusterError('MUSTER_E_NODE_STALE_EPOCH', { nodeId, epoch, current: state.epoch });
}

function livenessEvents(command: RecordHeartbeat, state: NodeState): NodeEvent[] {
  const { nodeId, healthy, at, recordEveryMs = HEARTBEAT_RECORD_INTERVAL_MS } = command;
  const events: NodeEvent[] = state.down
    ? [{ type: 'NodeCameBack', data: { nodeId, epoch: state.epoch } }]
    : [];
  const resources = Object.fromEntries(
    Object.entries({ ...state.observed, ...capacityOf(command.resources) }).slice(0, MAX_RESOURCES),
  );
  // The absolute value, so that a clock that was set back does not suppress records until it catches up.
  const age = Math.abs(at - state.observedAt);
  const news =
    healthy !== state.healthy ||
    (age >= RESOURCES_RECORD_INTERVAL_MS && differNotably(state.observed, resources));
  if (news || age >= recordEveryMs) {
    events.push({ type: 'NodeHeartbeatReceived', data: { nodeId, epoch: state.epoch, healthy, resources } });
  }
  return events;
}

function differNotably(
  recorded: Readonly<Record<string, number>>,
  observed: Readonly<Record<string, number>>,
): boolean {
  return Object.entries(observed).some(([name, value]) => {
    const before = recorded[name];
    return before === undefined || Math.abs(value - before) > NOTABLE_SHARE * Math.max(value, before);
  });
}

function reported(command: Reports, state: NodeState, nodeId: string): NodeEvent[] {
  const events: NodeEvent[] = [];
  const words = new Set(state.unknownStatuses);
  let characters = 0;
  for (const [id, report] of Object.entries(command.reports)) {
    if (events.length >= MAX_REPORTED_EVENTS || characters >= MAX_REPORTED_TEXT) break;
    const placed = command.placed.get(id);
    if (placed === undefined || state.ended.has(id)) continue;
    const known = state.open.get(id);
    // A basic agent that lists an allocation has accepted it, whatever its response to the order was.
    if (state.protocol === 'basic' && known?.accepted !== true)
      events.push({ type: 'AllocationAccepted', data: named(placed, nodeId) });
    const news = reportedEvents(nodeId, placed, report, known);
    characters += charactersOf(news);
    events.push(...news);
    const unknown = unknownStatusOf(report);
    if (unknown === undefined) continue;
    const newOfNode = !words.has(unknown.status) && words.size < MAX_UNKNOWN_STATUSES;
    // The start clears an unknown status, even if the same report contains both.
    const isSaid = known?.unknownStatus === true && !news.some(({ type }) => type === 'AllocationStarted');
    if (isSaid && !newOfNode) continue;
    if (newOfNode) words.add(unknown.status);
    events.push({
      type: 'AllocationStatusUnknown',
      data: { ...named(placed, nodeId), ...unknown, ...(newOfNode && { newOfNode }) },
    });
  }
  return events;
}

function resultsBounded(events: readonly NodeEvent[]): readonly NodeEvent[] {
  let characters = 0;
  const over = events.findIndex((event) => {
    characters += event.type === 'TaskExited' ? (event.data.result?.length ?? 0) : 0;
    return characters > MAX_REPORTED_RESULTS;
  });
  return over < 0 ? events : events.slice(0, Math.max(1, over));
}

export function isComplete(events: readonly NodeEvent[]): boolean {
  return events.length < MAX_REPORTED_EVENTS && charactersOf(events) < MAX_REPORTED_TEXT;
}

function charactersOf(events: readonly NodeEvent[]): number {
  return events.reduce(
    (sum, { data }) =>
      sum +
      ('message' in data ? (data.message?.length ?? 0) : 0) +
      ('error' in data ? (data.error?.length ?? 0) : 0),
    0,
  );
}

function stopped(allocation: AllocationReference, nodeId: string, at: number, state: NodeState): NodeEvent {
  const startTime = state.open.get(allocation.allocationId)?.startTime ?? null;
  return {
    type: 'AllocationStopped',
    data: { ...named(allocation, nodeId), startTime, endTime: at / 1000, message: null },
  };
}

function over(allocation: AllocationReference, state: NodeState): boolean {
  return state.ended.has(allocation.allocationId);
}

function named(
  { allocationId, jobId, group, slot }: AllocationReference,
  nodeId: string,
): AllocationReference & { readonly nodeId: string } {
  return { allocationId, jobId, group, slot, nodeId };
}
