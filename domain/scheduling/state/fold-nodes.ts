import { OUTCOME_OF_END, type AllocationEnd } from '../../allocations/index.js';
import type { Recorded } from '../../kernel/event/recorded.js';
import { confirmedBy } from '../../kernel/resources.js';
import type { NodeEvent } from '../../nodes/node/events.js';
import type { ClusterState, ScheduledNode } from './cluster-state.js';
import { causeOf } from './fold-jobs.js';
import { removeLost } from './fold-lost.js';
import { takenPortOf } from './taken-ports.js';
import { DEFAULT_DRIVERS, type NodeFacts } from '../capacity/node-facts.js';

type Of<Type extends NodeEvent['type']> = Extract<Recorded<NodeEvent>, { type: Type }>;

/** A registration replaces everything except the operator's settings: drain, eligibility, confirmed amounts, slots and tags. */
export function foldRegistered(state: ClusterState, event: Of<'NodeRegistered'>): void {
  const { nodeId, epoch, ipAddress, resources, attributes, drivers, healthy } = event.data;
  const node = state.node(nodeId, causeOf(event));
  const { draining = false, drainUntil, eligible = true, confirmed, slots, tags } = node.facts ?? {};
  node.cause = causeOf(event);
  changeFacts(state, node, {
    nodeId,
    epoch,
    ipAddress,
    resources,
    attributes,
    drivers: drivers ?? DEFAULT_DRIVERS,
    healthy,
    down: false,
    draining,
    ...(drainUntil !== undefined && { drainUntil }),
    eligible,
    ...(confirmed !== undefined && { confirmed }),
    ...(slots !== undefined && { slots }),
    ...(tags !== undefined && { tags }),
  });
}

/** Keeps only what the plan log records about the node. Placements made at the same time become lost. */
export function foldRemoved(state: ClusterState, event: Of<'NodeRemoved'>): void {
  const index = state.ledger.find(event.data.nodeId);
  const node = index === undefined ? undefined : state.nodes[index];
  if (node?.facts === undefined || event.data.epoch < node.facts.epoch) return;
  node.cause = causeOf(event);
  node.facts = undefined;
  state.nodeChanged(node.index);
}

type NodeChange = Of<
  | 'NodeHeartbeatReceived'
  | 'NodeWentDown'
  | 'NodeCameBack'
  | 'NodeDrainStarted'
  | 'NodeDrainEnded'
  | OperatorsWord
>;
type OperatorsWord = 'NodeEligibilitySet' | 'NodeSlotsSet' | 'NodeTagsSet';

export function foldNodeChanged(state: ClusterState, event: NodeChange): void {
  const index = state.ledger.find(event.data.nodeId);
  const node = index === undefined ? undefined : state.nodes[index];
  if (node?.facts === undefined) return;
  const change = changeOf(event, node.facts);
  if (change === undefined) return;
  node.cause = causeOf(event);
  const { drainUntil, ...facts } = { ...node.facts, ...change };
  changeFacts(state, node, { ...facts, ...(drainUntil !== undefined && { drainUntil }) });
}

function changeOf(event: NodeChange, facts: NodeFacts): Partial<NodeFacts> | undefined {
  switch (event.type) {
    case 'NodeHeartbeatReceived':
      return event.data.epoch === facts.epoch && event.data.healthy !== facts.healthy
        ? { healthy: event.data.healthy }
        : undefined;
    case 'NodeWentDown':
      return event.data.epoch === facts.epoch ? { down: true } : undefined;
    case 'NodeCameBack':
      return event.data.epoch === facts.epoch ? { down: false } : undefined;
    case 'NodeDrainStarted':
      return { draining: true, drainUntil: endOfDrain(event) };
    case 'NodeDrainEnded':
      return { draining: false, drainUntil: undefined };
    case 'NodeEligibilitySet':
      return { eligible: event.data.eligible, ...(event.data.eligible && confirmedBy(facts.resources)) };
    case 'NodeSlotsSet':
      return { slots: event.data.slots };
    case 'NodeTagsSet':
      return { tags: event.data.tags };
  }
}

function endOfDrain({ data, metadata }: Of<'NodeDrainStarted'>): number | undefined {
  return data.deadlineSeconds === undefined ? undefined : metadata.at + data.deadlineSeconds * 1000;
}

function changeFacts(state: ClusterState, node: ScheduledNode, facts: NodeFacts): void {
  node.facts = facts;
  state.nodeChanged(node.index);
  state.agenda.nodes.add(node.index);
}

/** Only the first reported end takes effect. The end of a lost allocation frees the resources that it still held. */
export function foldReported(state: ClusterState, event: Of<AllocationEnd>): void {
  const { allocationId, nodeId } = event.data;
  const lost = state.lost.get(allocationId);
  if (lost !== undefined && state.ledger.find(nodeId) === lost.node) return removeLost(state, allocationId);
  const allocation = state.allocations.get(allocationId);
  if (allocation === undefined || allocation.reported !== undefined) return;
  const takenPort = event.type === 'AllocationFailed' ? takenPortOf(allocation, event.data) : undefined;
  allocation.reported = {
    outcome: OUTCOME_OF_END[event.type],
    cause: causeOf(event),
    ...(takenPort !== undefined && { takenPort }),
  };
  state.agenda.reports.add(allocation);
}
