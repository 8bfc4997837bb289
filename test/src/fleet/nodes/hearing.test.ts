import t from 'tap';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { NodeSeen, PresenceBroadcast } from '#domain/kernel/ports/presence-broadcast.js';
import { createHearing, shareLastSeen } from '#src/fleet/nodes/hearing.js';
import type { LivePlacements } from '#src/fleet/nodes/live-placements.js';
import { LastSeen } from '#src/fleet/nodes/last-seen.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { startServer } from './cluster.js';

/** A broadcast whose other end is the test. */
function wire() {
  const told: Omit<NodeSeen, 'ageMs'>[] = [];
  const seen = new Set<(all: readonly NodeSeen[]) => void>();
  const interrupted = new Set<() => void>();
  const state = { reached: true };
  const broadcast: PresenceBroadcast = {
    publish: (one) => void told.push(one),
    onSeen(listener) {
      seen.add(listener);
      return () => void seen.delete(listener);
    },
    connected: true,
    check: async () => state.reached,
    onInterrupted(listener) {
      interrupted.add(listener);
      return () => void interrupted.delete(listener);
    },
    close: async () => undefined,
  };
  return { broadcast, told, seen, interrupted, state };
}

/** A log with this head, and placements folded up to this position. */
function standing(head: bigint | undefined, folded: bigint) {
  const store = { head: async () => head } as unknown as EventStore;
  const placements = { waitFor: async (position: bigint) => position <= folded } as unknown as LivePlacements;
  return { store, placements };
}

void t.test('is up to date only if broadcasts arrive and the log is folded', async (t) => {
  const check = async (head: bigint | undefined, folded: bigint, reached: boolean): Promise<boolean> => {
    const { store, placements } = standing(head, folded);
    const { broadcast, state } = wire();
    state.reached = reached;
    return await createHearing(store, placements, broadcast).check();
  };
  t.equal(await check(7n, 7n, true), true);
  t.equal(await check(undefined, -1n, true), true, 'an empty log needs no folding');
  t.equal(await check(7n, 6n, true), false, 'an event in the log is not folded yet');
  t.equal(await check(7n, 7n, false), false, 'broadcasts of other servers do not arrive');
});

void t.test('depends only on the log if there is no broadcast', async (t) => {
  for (const folded of [7n, 6n]) {
    const { store, placements } = standing(7n, folded);
    const hearing = createHearing(store, placements, undefined);
    t.equal(await hearing.check(), folded === 7n);
    hearing.onInterrupted(() => t.fail('an interruption was reported without a broadcast'))();
  }
});

void t.test('reports that it is not up to date, and no error, if the store does not respond', async (t) => {
  const { placements } = standing(7n, 7n);
  const store = { head: () => Promise.reject(new Error('away')) } as unknown as EventStore;
  t.equal(await createHearing(store, placements, wire().broadcast).check(), false);
});

void t.test('reports interruptions of the broadcast until unsubscribed', async (t) => {
  const { store, placements } = standing(7n, 7n);
  const { broadcast, interrupted } = wire();
  let times = 0;
  const end = createHearing(store, placements, broadcast).onInterrupted(() => (times += 1));
  for (const listener of interrupted) listener();
  t.equal(times, 1);
  end();
  t.equal(interrupted.size, 0);
});

void t.test(
  'broadcasts its own heartbeats, and marks those of our agents that list allocations',
  async (t) => {
    const server = await startServer(t);
    const { broadcast, told, seen } = wire();
    const end = shareLastSeen(server.telemetry, server.placements, broadcast);
    await server.register({}, { ours: true });
    await server.register({ node_id: 'n2' });
    told.length = 0;
    const resources = { cpu: 4000, memory: 8192 };
    await server.heartbeat({ allocations: {}, timestamp: 12 }, { ours: true });
    await server.heartbeat({ node_id: 'n2', allocations: {} });
    await server.heartbeat({}, { ours: true });
    t.strictSame(told, [
      { nodeId: 'n1', epoch: 1, resources, lists: true, said: 12 },
      { nodeId: 'n2', epoch: 1, resources, lists: false },
      { nodeId: 'n1', epoch: 1, resources, lists: false },
    ]);
    for (const listener of seen)
      listener([{ nodeId: 'n3', epoch: 1, ageMs: 0, resources: { cpu: 3 }, lists: true }]);
    t.match(server.telemetry.of('n3'), { resources: { cpu: 3 }, lists: true });
    t.equal(told.length, 3, 'heartbeats from other servers are not broadcast again');
    end();
    await server.heartbeat({}, { ours: true });
    t.equal(told.length, 3);
    t.equal(seen.size, 0);
  },
);

void t.test('broadcasts an unregistered node without an epoch', async (t) => {
  const telemetry = new LastSeen(new TestClock());
  const { broadcast, told } = wire();
  shareLastSeen(telemetry, { state: { nodes: new Map() } } as unknown as LivePlacements, broadcast);
  telemetry.heartbeat('n', { resources: {}, listed: ['a'], timestamp: undefined });
  t.strictSame(told, [{ nodeId: 'n', epoch: 0, resources: {}, lists: false }]);
});
