import t, { type Test } from 'tap';
import { allocationsDigest } from '#agents/platform/digest.js';
import { startDispatcher } from '#src/fleet/dispatcher/index.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { startServer } from '../nodes/cluster.js';
import { SimulatedAgent } from './simulated-agent.js';

const ours = { ours: true };

async function scene(t: Test, endpoint: string | null = 'http://10.0.0.1:9') {
  const clock = new TestClock();
  const server = await startServer(t, { clock, store: createMemoryEventStore({ clock }) });
  const agent = new SimulatedAgent(clock, 1000);
  const dispatcher = startDispatcher({ ...server, channel: agent, requestTimeoutMs: 1000 });
  t.teardown(() => dispatcher.stop(0));
  await dispatcher.ready;
  await server.pen.job('j1');
  await server.register({ endpoint }, ours);
  /** Sends a heartbeat with all allocations of the agent. */
  const beat = async () => {
    await server.heartbeat({ allocations: agent.report() }, ours);
    await clock.advance(1);
  };
  return { clock, server, pen: server.pen, agent, dispatcher, beat };
}

void t.test('sends our agent a hint at once, and records no event for its acknowledgement', async (t) => {
  const { clock, pen, agent, beat } = await scene(t);
  await pen.place('a1');
  await clock.advance(1);
  t.ok(agent.held.has('a1'));
  await beat();
  t.strictSame(await pen.types(), ['NodeRegistered', 'AllocationStarted']);
});

void t.test('repeats a lost hint a few times, then relies on the digest', async (t) => {
  const { clock, pen, agent, dispatcher } = await scene(t);
  agent.temper.dead = true;
  await pen.place('a1');
  await clock.advance(600_000);
  t.equal(dispatcher.metrics().orders, 4);
});

void t.test('sends no order that our agent fetched in a list, until its next incarnation', async (t) => {
  const { clock, server, pen, agent, dispatcher, beat } = await scene(t);
  agent.temper.late = 50;
  const placed = Array.from({ length: 20 }, (_, n) => `a${n}`);
  for (const id of placed) await pen.place(id);
  await clock.advance(1);
  const before = dispatcher.metrics().orders;
  t.ok(before < placed.length, 'some orders are still queued');
  const { allocations } = await server.nodes.desired('n1', { ...ours, epoch: 1 });
  t.equal(allocations.length, placed.length);
  await clock.advance(10_000);
  t.equal(dispatcher.metrics().orders, before);
  // If the list was lost, the digest in the response to the heartbeat differs, and the agent requests the list again.
  await beat();
  t.match(await server.heartbeat({ allocations: agent.report() }, ours), {
    digest: allocationsDigest(placed),
  });
  await server.register({ endpoint: 'http://10.0.0.1:9' }, ours);
  await clock.advance(10_000);
  t.same([...agent.held.keys()].sort(), placed.sort());
});

void t.test('sends orders to a third-party agent even if it requests a list', async (t) => {
  const { clock, server, pen, agent } = await scene(t);
  await server.register({ endpoint: 'http://10.0.0.1:9' });
  agent.temper.late = 50;
  const placed = Array.from({ length: 9 }, (_, n) => `a${n}`);
  for (const id of placed) await pen.place(id);
  await clock.advance(1);
  await server.nodes.desired('n1', { ours: false });
  await clock.advance(10_000);
  t.same([...agent.held.keys()].sort(), placed);
});

void t.test('sends hints again to another incarnation of the agent', async (t) => {
  const { clock, server, pen, agent } = await scene(t);
  await pen.place('a1');
  await clock.advance(1);
  agent.held.clear();
  await server.register({ endpoint: 'http://10.0.0.1:9' }, ours);
  await clock.advance(1);
  t.equal(agent.begun.get('a1'), 2);
});

void t.test("waits for our agent's report after a stop", async (t) => {
  const { clock, pen, agent, beat, server } = await scene(t);
  await pen.place('a1');
  await clock.advance(1);
  await beat();
  await pen.requestStop('a1');
  await clock.advance(2000);
  t.notOk(agent.held.has('a1'));
  t.notOk(
    (await pen.types()).includes('AllocationStopped'),
    'the stop is not recorded before the agent reports it',
  );
  await server.heartbeat(
    {
      allocations: {
        a1: {
          status: 'stopped',
          start_time: 1,
          end_time: 9,
          tasks: { main: { status: 'stopped', exit_code: 143 } },
        },
      },
    },
    ours,
  );
  t.match(await pen.newest('TaskExited'), { exitCode: 143, status: 'stopped' });
  t.match(await pen.newest('AllocationStopped'), { endTime: 9 });
});

void t.test('records the stop of an allocation that our agent has forgotten', async (t) => {
  const { clock, pen, agent, beat } = await scene(t);
  await pen.place('a1');
  await clock.advance(1);
  await beat();
  agent.held.clear();
  await pen.requestStop('a1');
  await clock.advance(1);
  t.ok((await pen.types()).includes('AllocationStopped'));
});

void t.test(
  'records a stop on an unreachable node once the node no longer reports the allocation',
  async (t) => {
    const { clock, pen, dispatcher, beat } = await scene(t, null);
    await pen.place('a1');
    await pen.requestStop('a1');
    await clock.advance(1);
    await beat();
    t.notOk((await pen.types()).includes('AllocationStopped'));
    await clock.advance(1000);
    await beat();
    t.ok((await pen.types()).includes('AllocationStopped'));
    t.equal(dispatcher.metrics().orders + dispatcher.metrics().stops, 0);
  },
);

void t.test('sends no orders to a node while it is down, and sends them when it returns', async (t) => {
  const { clock, pen, agent, server } = await scene(t);
  await pen.write('node-n1', { type: 'NodeWentDown', data: { nodeId: 'n1', epoch: 1, reason: 'silent' } });
  await pen.place('a1');
  await clock.advance(60_000);
  t.equal(agent.begun.size, 0);
  await server.heartbeat({}, ours);
  await clock.advance(1);
  t.equal(agent.begun.size, 1);
});

void t.test('does not resend an order from before a clear', async (t) => {
  const { clock, pen, agent, dispatcher } = await scene(t);
  agent.temper.dead = true;
  await pen.place('a1');
  await clock.advance(500);
  await pen.clear();
  agent.temper.dead = false;
  await clock.advance(600_000);
  t.equal(agent.begun.size, 0);
  t.equal(dispatcher.metrics().orders, 1);
  t.equal(dispatcher.metrics().busyNodes, 0);
});

void t.test('stops lost allocations when their node returns, and records how they ended', async (t) => {
  const { clock, pen, agent, server, beat } = await scene(t);
  await pen.place('a1');
  await clock.advance(1);
  await beat();
  await pen.write('node-n1', { type: 'NodeWentDown', data: { nodeId: 'n1', epoch: 1, reason: 'silent' } });
  await pen.release('a1');
  await beat();
  t.strictSame(
    (await pen.types()).slice(-2),
    ['NodeWentDown', 'NodeCameBack'],
    'nothing more is recorded about the running allocation',
  );
  await clock.advance(10);
  t.notOk(agent.held.has('a1'));
  await server.heartbeat(
    {
      allocations: {
        a1: {
          status: 'stopped',
          start_time: 1,
          end_time: 9,
          tasks: { main: { status: 'stopped', exit_code: 143 } },
        },
      },
    },
    ours,
  );
  t.match(await pen.newest('AllocationStopped'), { endTime: 9 });
  await server.settled();
  t.equal(server.placements.state.size, 0);
});

void t.test('ends allocations that a node lost while it was down', async (t) => {
  const { clock, pen, agent, server, beat } = await scene(t);
  await pen.place('a1');
  await clock.advance(1);
  await beat();
  await pen.write('node-n1', { type: 'NodeWentDown', data: { nodeId: 'n1', epoch: 1, reason: 'silent' } });
  await pen.release('a1');
  agent.held.clear();
  await server.register({ endpoint: 'http://10.0.0.1:9' }, ours);
  await clock.advance(10);
  t.equal((await pen.types()).at(-1), 'AllocationStopped');
  t.equal(server.placements.state.size, 0);
});
