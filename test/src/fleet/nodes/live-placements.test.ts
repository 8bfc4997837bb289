import t from 'tap';
import { EVENT_CATALOG } from '#test/fixtures/muster-events.js';
import { v4 } from 'uuid';
import type { EventStore, SubscribeOptions } from '#domain/kernel/ports/event-store.js';
import { startPlacements } from '#src/fleet/nodes/live-placements.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { logger, Pen, startServer } from './cluster.js';

void t.test('is ready once it has folded the existing log, and follows it', async (t) => {
  const store = createMemoryEventStore();
  const pen = new Pen(store);
  await pen.place('a1');
  const placements = startPlacements({ store, catalog: EVENT_CATALOG, clock: new TestClock(), logger });
  t.teardown(() => placements.stop());
  await placements.ready;
  t.ok(placements.state.nodes.get('n1')?.allocations.has('a1'));
  await pen.place('a2');
  await pen.job('j9');
  const head = (await store.head()) ?? 0n;
  t.ok(await placements.waitFor(head, 1000), 'events that concern no placement are passed too');
  t.ok(placements.state.nodes.get('n1')?.allocations.has('a2'));
});

void t.test('waits for a position only until the timeout', async (t) => {
  const clock = new TestClock();
  const placements = startPlacements({
    store: createMemoryEventStore(),
    catalog: EVENT_CATALOG,
    clock,
    logger,
  });
  t.teardown(() => placements.stop());
  const waiting = placements.waitFor(99n, 500);
  await clock.advance(500);
  t.notOk(await waiting);
});

void t.test('stops permanently at an unknown event', async (t) => {
  const clock = new TestClock();
  const store = createMemoryEventStore();
  const metadata = JSON.stringify({ $correlationId: 'c', $causationId: 'c', at: 1, v: 99 });
  await store.append({
    stream: 'node-n1',
    expected: 'no_stream',
    events: [{ id: v4(), type: 'NodeRegistered', data: '{}', metadata }],
  });
  await new Pen(store).place('a1');
  const placements = startPlacements({ store, catalog: EVENT_CATALOG, clock, logger });
  t.teardown(() => placements.stop());
  const asked = t.rejects(placements.whenReady(1000), { code: 'MUSTER_E_STORE_UNAVAILABLE', status: 503 });
  await clock.advance(5000);
  await asked;
  t.match(placements.problem, /NodeRegistered version 99/);
  t.equal(placements.state.size, 0);
});

void t.test('continues once the log can be read again', async (t) => {
  const clock = new TestClock();
  const inner = createMemoryEventStore();
  const pen = new Pen(inner);
  let failing = true;
  const subscribe = async function* (options?: SubscribeOptions) {
    if (failing) throw new Error('the disk is away');
    yield* inner.subscribe(options);
  };
  const store: EventStore = Object.assign(Object.create(inner) as EventStore, { subscribe });
  const placements = startPlacements({ store, catalog: EVENT_CATALOG, clock, logger });
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

void t.test('notifies listeners of each change until they unsubscribe', async (t) => {
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
