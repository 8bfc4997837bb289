import type { Test } from 'tap';
import { MusterError } from '#domain/errors/index.js';
import type { Recorded } from '#domain/event/index.js';
import { nodeDecider, type AllocationReference, type NodeCommand, type NodeEvent, type NodeState, type PlacedAllocation } from '#domain/node/index.js';
import { registration } from '#domain/protocol/index.js';

/** A moment: milliseconds since the Unix epoch. */
export const T0 = 1_800_000_000_000;

export function fold(events: readonly NodeEvent[], at = T0, from = nodeDecider.initialState): NodeState {
  return events.reduce((state, event, revision) => nodeDecider.evolve(state, recorded(event, revision, at)), from);
}

function recorded(event: NodeEvent, revision: number, at: number): Recorded<NodeEvent> {
  const metadata = { $correlationId: 'c', $causationId: 'c', at, v: 1 };
  return Object.assign({}, event, { id: `e${revision}`, stream: 'node-n1', revision, position: BigInt(revision), metadata });
}

/** Given what happened, when this is asked for, then that happens (or is refused with that code). */
export function given(...past: NodeEvent[]) {
  return {
    when: (command: NodeCommand) => ({
      then: (t: Test, ...expected: NodeEvent[]): void => void t.strictSame(nodeDecider.decide(command, fold(past)), expected),
      thenTypes: (t: Test, ...expected: NodeEvent['type'][]): void => void t.strictSame(nodeDecider.decide(command, fold(past)).map(({ type }) => type), expected),
      refused: (t: Test, code: string): void => {
        try {
          nodeDecider.decide(command, fold(past));
          t.fail('must be refused');
        } catch (error) {
          t.ok(error instanceof MusterError);
          t.equal((error as MusterError).code, code);
        }
      },
    }),
  };
}

export const body = registration.parse({ node_id: 'n1', ip_address: '10.0.0.1', resources: { cpu: 4000, memory: 8192 }, endpoint: 'http://10.0.0.1:9000' });

export function registered(epoch = 1, protocol: 'muster' | 'basic' = 'basic'): NodeEvent {
  return {
    type: 'NodeRegistered',
    data: { nodeId: 'n1', epoch, ipAddress: '10.0.0.1', resources: { cpu: 4000, memory: 8192 }, attributes: {}, healthy: true, endpoint: 'http://10.0.0.1:9000', protocol },
  };
}

export const a1: PlacedAllocation = { allocationId: 'a1', jobId: 'j1', group: 'web', slot: 0 };
export const named = { ...a1, nodeId: 'n1' } as AllocationReference & { nodeId: string };

export const accepted: NodeEvent = { type: 'AllocationAccepted', data: named };

export function started(tasks: Record<string, { startTime: number | null }> = { main: { startTime: 100 } }, startTime: number | null = 100): NodeEvent {
  return { type: 'AllocationStarted', data: { ...named, startTime, tasks } };
}
