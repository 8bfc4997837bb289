import t from 'tap';
import { v4 } from 'uuid';
import type { EventStore, SubscribeOptions } from '#domain/kernel/ports/event-store.js';
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
import { startPlacements } from '#src/fleet/nodes/live-placements.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { logger, Pen, startServer } from './cluster.js';

void t.test('it is ready once it has folded what there was, and follows what comes', async (t) => {
  const store = createMemoryEventStore();
  const pen = new Pen(store);
  await pen.place('a1');
  const placements = startPlacements({ store, clock: new TestClock(), logger });
  t.teardown(() => placements.stop());
  await placements.ready;
  t.ok(placements.state.nodes.get('n1')?.allocations.has('a1'));
  await pen.place('a2');
  await pen.job('j9');
  const head = (await store.head()) ?? 0n;
  t.ok(await placements.waitFor(head, 1000), 'also past events that do not concern it');
  t.ok(placements.state.nodes.get('n1')?.allocations.has('a2'));
});

void t.test('a position that does not come is not waited for longer than asked', async (t) => {
  const clock = new TestClock();
  const placements = startPlacements({ store: createMemoryEventStore(), clock, logger });
  t.teardown(() => placements.stop());
  const waiting = placements.waitFor(99n, 500);
  await clock.advance(500);
  t.notOk(await waiting);
});

void t.test('an event that this program does not know stops it for good: it is never skipped', async (t) => {
  const clock = new TestClock();
  const store = createMemoryEventStore();
  const metadata = JSON.stringify({ $correlationId: 'c', $causationId: 'c', at: 1, v: 99 });
  await store.append({
    stream: 'node-n1',
    expected: 'no_stream',
    events: [{ id: v4(), type: 'NodeRegistered', data: '{}', metadata }],
  });
  await new Pen(store).place('a1');
  const placements = startPlacements({ store, clock, logger });
  t.teardown(() => placements.stop());
  const asked = t.rejects(placements.whenReady(1000), { code: 'MUSTER_E_STORE_UNAVAILABLE', status: 503 });
  await clock.advance(5000);
  await asked;
  t.match(placements.problem, /NodeRegistered version 99/);
  t.equal(placements.state.size, 0);
});

void t.test('a log that cannot be read for a while is followed on where it was left', async (t) => {
  const clock = new TestClock();
  const inner = createMemoryEventStore();
  const pen = new Pen(inner);
  let failing = true;
  const subscribe = async function* (options?: SubscribeOptions) {
    if (failing) throw new Error('the disk is away');
    yield* inner.subscribe(options);
  };
  const store: EventStore = Object.assign(Object.create(inner) as EventStore, { subscribe });
  const placements = startPlacements({ store, clock, logger });
  t.teardown(() => placements.stop());
  await pen.place('a1');
  await clock.advance(100);
  t.match(placements.problem, /away/);
  failing = false;
  await clock.advance(1000);
  await placements.ready;
  t.equal(placements.problem, undefined);
  t.equal(placements.state.size, 1);
});

void t.test('who listens hears of each change, until it ends that', async (t) => {
  const server = await startServer(t);
  const heard: string[] = [];
  const end = server.placements.onChange((change) => void heard.push(change.kind));
  await server.register();
  await server.settled();
  t.strictSame(heard, ['node']);
  end();
  await server.pen.place('a1');
  await server.settled();
  t.strictSame(heard, ['node']);
});
