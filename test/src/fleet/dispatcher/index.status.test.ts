import t, { type Test } from 'tap';
import { EVENT_CATALOG } from '#test/fixtures/muster-events.js';
import { startDispatcher, type DispatcherOptions } from '#src/fleet/dispatcher/index.js';
import { startPlacements } from '#src/fleet/nodes/live-placements.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { startServer } from '../nodes/cluster.js';
import { SimulatedAgent } from './simulated-agent.js';

const REQUEST_TIMEOUT = 1_000;

async function scene(
  t: Test,
  { nodes = 1, ...more }: { readonly nodes?: number } & Partial<DispatcherOptions> = {},
) {
  const clock = new TestClock();
  const server = await startServer(t, { clock, store: createMemoryEventStore({ clock }) });
  const agent = new SimulatedAgent(clock, REQUEST_TIMEOUT);
  const options: DispatcherOptions = {
    ...server,
    channel: agent,
    requestTimeoutMs: REQUEST_TIMEOUT,
    retry: { first: 500, most: 500 },
    ...more,
  };
  const dispatcher = startDispatcher(options);
  t.teardown(() => void dispatcher.stop(0));
  await dispatcher.ready;
  await server.pen.job('j1');
  const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
  for (const node_id of names) await server.register({ node_id, endpoint: 'http://10.0.0.1:9' });
  agent.temper.dead = true;
  /** Places an allocation on each node. */
  const order = async (): Promise<void> => {
    for (const name of names) await server.pen.place(`for-${name}`, name);
    await server.settled();
    await clock.advance(0);
  };
  return { ...server, clock, agent, dispatcher, options, order };
}

void t.test('counts calls in progress, waiting calls, busy nodes and silent nodes', async (t) => {
  const { clock, dispatcher, order } = await scene(t, { nodes: 3, calls: 2 });
  const { callsUnderWay, callsQueued, busyNodes, suspectNodes } = dispatcher.metrics();
  t.strictSame([callsUnderWay, callsQueued, busyNodes, suspectNodes], [0, 0, 0, 0]);
  await order();
  t.match(dispatcher.metrics(), {
    callsUnderWay: 2,
    callsQueued: 1,
    busyNodes: 3,
    suspectNodes: 0,
    orders: 2,
  });
  await clock.advance(REQUEST_TIMEOUT);
  t.match(dispatcher.metrics(), { busyNodes: 3, suspectNodes: 2, orders: 3, unknown: 2 });
});

void t.test('limits concurrent calls to silent agents separately', async (t) => {
  const { clock, dispatcher, order } = await scene(t, { nodes: 3, suspectCalls: 1 });
  await order();
  t.match(dispatcher.metrics(), { callsUnderWay: 3, callsQueued: 0 });
  await clock.advance(REQUEST_TIMEOUT);
  t.match(dispatcher.metrics(), { callsUnderWay: 1, callsQueued: 2, suspectNodes: 3 });
});

void t.test('drops the state of cleared and removed nodes', async (t) => {
  for (const gone of ['cleared', 'removed'] as const) {
    const { clock, dispatcher, order, pen, settled, heartbeat, agent } = await scene(t);
    if (gone === 'cleared') await order();
    else await heartbeat({ allocations: { stray: { status: 'running' } } });
    await clock.advance(REQUEST_TIMEOUT + 100);
    t.equal(dispatcher.metrics().suspectNodes, 1);
    if (gone === 'cleared') await pen.clear();
    else
      await pen.write('node-n1', {
        type: 'NodeRemoved',
        data: { nodeId: 'n1', epoch: 1, reason: 'crowded' },
      });
    await settled();
    await clock.advance(0);
    t.match(dispatcher.metrics(), { suspectNodes: 0, busyNodes: 0 });
    const calls = agent.calledAt.length;
    await clock.advance(60_000);
    t.equal(agent.calledAt.length, calls);
  }
});

void t.test('when stopped, waits for the call in progress, but not beyond the grace period', async (t) => {
  for (const [graceMs, endsAt] of [
    [5_000, REQUEST_TIMEOUT],
    [300, 300],
  ] as const) {
    const { clock, dispatcher, order, agent, pen, settled } = await scene(t);
    await order();
    let stopped = false;
    void dispatcher.stop(graceMs).then(() => (stopped = true));
    await clock.advance(endsAt - 1);
    t.notOk(stopped);
    await clock.advance(1);
    t.ok(stopped);
    await pen.place('later');
    await settled();
    await clock.advance(60_000);
    t.equal(agent.calledAt.length, 1, 'no call is made after the stop');
  }
});

void t.test('makes no calls if stopped before it is ready', async (t) => {
  const { clock, options, order, dispatcher, agent, store, logger, telemetry } = await scene(t);
  void dispatcher.stop(0);
  await order();
  const placements = startPlacements({ store, catalog: EVENT_CATALOG, clock, logger });
  t.teardown(() => placements.stop());
  const second = startDispatcher({ ...options, placements, telemetry });
  void second.stop(0);
  await second.ready;
  await placements.ready;
  await clock.advance(60_000);
  t.strictSame([second.metrics().busyNodes, agent.calledAt], [0, []]);
});

void t.test('treats placements from before its startup as possibly sent', async (t) => {
  for (const ours of [false, true]) {
    const { clock, options, dispatcher, register, pen, settled, agent } = await scene(t);
    void dispatcher.stop(0);
    agent.temper.dead = false;
    await register({ endpoint: 'http://10.0.0.1:9' }, { ours });
    await pen.place('a');
    await settled();
    const second = startDispatcher(options);
    t.teardown(() => void second.stop(0));
    await second.ready;
    await clock.advance(100);
    t.match(second.metrics(), ours ? { orders: 1, asked: 0 } : { orders: 0, asked: 1 });
  }
});

void t.test('does not use a late heartbeat as evidence of missing allocations', async (t) => {
  const { clock, dispatcher, heartbeat } = await scene(t);
  await heartbeat({ timestamp: 100 });
  await heartbeat({ timestamp: 99, allocations: { stray: { status: 'running' } } });
  await clock.advance(10);
  t.equal(dispatcher.metrics().strays, 0);
  await heartbeat({ timestamp: 101, allocations: { stray: { status: 'running' } } });
  await clock.advance(10);
  t.equal(dispatcher.metrics().strays, 1);
});
