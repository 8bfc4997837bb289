import { projection } from '#domain/kernel/projection.js';
import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import { nodeEvents, type AgentProtocol } from '#domain/nodes/node/events.js';
import type { NodeAttributes } from '#domain/kernel/resources.js';

/** `nodes`, id = node id. Index: `down`. */
export interface NodeDocument {
  readonly nodeId: string;
  readonly epoch: number;
  readonly ipAddress: string;
  readonly resources: Readonly<Record<string, number>>;
  readonly attributes: NodeAttributes;
  readonly drivers?: readonly string[];
  readonly endpoint: string | null;
  readonly protocol: AgentProtocol;
  readonly healthy: boolean;
  readonly down: boolean;
  readonly draining: boolean;
  /** Until when the draining node keeps allocations that may not be repeated, in milliseconds since the epoch. Absent if it keeps none. */
  readonly drainUntil?: number;
  readonly eligible: boolean;
  readonly slots?: number;
  readonly tags?: readonly string[];
  /** Unknown statuses that its agent has reported since it registered. Absent if there are none. */
  readonly unknownStatuses?: readonly string[];
  /** The second agent that was last refused the node id since the node registered, when, and the agent that holds the id. */
  readonly refusedAgent?: { readonly address: string; readonly holder: string; readonly at: number };
  /** Time of the latest event that proves the node was alive, in milliseconds since the epoch. Telemetry is more recent while the server runs. */
  readonly lastHeartbeat: number;
  readonly registeredAt: number;
}

const EVENTS = only(
  nodeEvents,
  'NodeRegistered',
  'NodeRegistrationRefused',
  'NodeHeartbeatReceived',
  'NodeWentDown',
  'NodeCameBack',
  'NodeRemoved',
  'NodeDrainStarted',
  'NodeDrainEnded',
  'NodeEligibilitySet',
  'NodeSlotsSet',
  'NodeTagsSet',
  'AllocationStatusUnknown',
);
type EventOf<Type extends keyof typeof EVENTS> = RecordedOf<Pick<typeof EVENTS, Type>>;

export const DOWN = 'down';

export const nodes = projection<NodeDocument, typeof EVENTS>({
  name: 'nodes',
  share: 'jobs',
  version: 5,
  events: EVENTS,
  indexes: { down: ({ down }) => (down ? DOWN : undefined) },
  touches: ({ data }) => [data.nodeId],
  evolve: (node, event) => {
    if (event.type === 'NodeRegistered') return registered(node, event);
    if (node === undefined) return undefined;
    if ('epoch' in event.data && event.data.epoch < node.epoch) return node;
    const { at } = event.metadata;
    switch (event.type) {
      case 'NodeHeartbeatReceived':
        return { ...node, healthy: event.data.healthy, lastHeartbeat: at };
      case 'NodeRegistrationRefused': {
        const { address, holder } = event.data;
        return { ...node, refusedAgent: { address, holder, at } };
      }
      case 'NodeWentDown':
        return { ...node, down: true };
      case 'NodeCameBack':
        return { ...node, down: false, lastHeartbeat: at };
      case 'NodeRemoved':
        return undefined;
      case 'NodeDrainStarted':
      case 'NodeDrainEnded':
        return drained(node, event);
      case 'NodeEligibilitySet':
        return { ...node, eligible: event.data.eligible };
      case 'NodeSlotsSet':
        return { ...node, slots: event.data.slots };
      case 'NodeTagsSet':
        return { ...node, tags: event.data.tags };
      case 'AllocationStatusUnknown':
        return event.data.newOfNode === true
          ? { ...node, unknownStatuses: [...(node.unknownStatuses ?? []), event.data.status] }
          : node;
    }
  },
});

function drained(
  { drainUntil: _former, ...node }: NodeDocument,
  { type, data, metadata: { at } }: EventOf<'NodeDrainStarted' | 'NodeDrainEnded'>,
): NodeDocument {
  const seconds = type === 'NodeDrainStarted' ? data.deadlineSeconds : undefined;
  return {
    ...node,
    draining: type === 'NodeDrainStarted',
    ...(seconds !== undefined && { drainUntil: at + seconds * 1000 }),
  };
}

function registered(before: NodeDocument | undefined, event: EventOf<'NodeRegistered'>): NodeDocument {
  const { nodeId, epoch, ipAddress, resources, attributes, drivers, healthy, endpoint, protocol } =
    event.data;
  return {
    nodeId,
    epoch,
    ipAddress,
    resources,
    attributes,
    ...(drivers === undefined ? {} : { drivers }),
    endpoint,
    protocol,
    healthy,
    down: false,
    draining: before?.draining ?? false,
    ...(before?.drainUntil !== undefined && { drainUntil: before.drainUntil }),
    eligible: before?.eligible ?? true,
    ...(before?.slots !== undefined && { slots: before.slots }),
    ...(before?.tags !== undefined && { tags: before.tags }),
    lastHeartbeat: event.metadata.at,
    registeredAt: event.metadata.at,
  };
}
