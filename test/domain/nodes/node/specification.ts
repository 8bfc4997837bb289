import {
  nodes,
  type AllocationReference,
  type NodeEvent,
  type PlacedAllocation,
} from '#domain/nodes/node/index.js';
import { registration } from '#domain/protocol/index.js';
import { specify } from '../../kernel/event/decider-specification.js';

/** Milliseconds since the Unix epoch. */
export const T0 = 1_800_000_000_000;

export const { given, fold } = specify(nodes, { moments: () => T0 });

export const body = registration.parse({
  node_id: 'n1',
  ip_address: '10.0.0.1',
  resources: { cpu: 4000, memory: 8192 },
  endpoint: 'http://10.0.0.1:9000',
});

export function registered(epoch = 1, protocol: 'muster' | 'basic' = 'basic'): NodeEvent {
  return {
    type: 'NodeRegistered',
    data: {
      nodeId: 'n1',
      epoch,
      ipAddress: '10.0.0.1',
      resources: { cpu: 4000, memory: 8192 },
      attributes: {},
      healthy: true,
      endpoint: 'http://10.0.0.1:9000',
      protocol,
    },
  };
}

export const a1: PlacedAllocation = { allocationId: 'a1', jobId: 'j1', group: 'web', slot: 0 };
export const named = { ...a1, nodeId: 'n1' } as AllocationReference & { nodeId: string };

export const accepted: NodeEvent = { type: 'AllocationAccepted', data: named };

export function started(
  tasks: Record<string, { startTime: number | null }> = { main: { startTime: 100 } },
  startTime: number | null = 100,
): NodeEvent {
  return { type: 'AllocationStarted', data: { ...named, startTime, tasks } };
}
