import t, { type Test } from 'tap';
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
import { allocationsDigest } from '#agents/digest.js';
import { startDispatcher } from '#src/fleet/dispatcher/index.js';
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
  /** A heartbeat with all that it has. */
  const beat = async () => {
    await server.heartbeat({ allocations: agent.report() }, ours);
    await clock.advance(1);
  };
  return { clock, server, pen: server.pen, agent, dispatcher, beat };
}

void t.test('one of ours is given a hint at once, and acknowledging it is no event', async (t) => {
  const { clock, pen, agent, beat } = await scene(t);
  await pen.place('a1');
  await clock.advance(1);
  t.ok(agent.held.has('a1'));
  await beat();
  t.strictSame(await pen.types(), ['NodeRegistered', 'AllocationStarted']);
});

void t.test('a hint that is lost is given again a few times, then the digest does it', async (t) => {
  const { clock, pen, agent, dispatcher } = await scene(t);
  agent.temper.dead = true;
  await pen.place('a1');
  await clock.advance(600_000);
  t.equal(dispatcher.metrics().orders, 4);
});

void t.test(
  'what one of ours has fetched in a list it is not sent, until it is another incarnation',
  async (t) => {
    const { clock, server, pen, agent, dispatcher, beat } = await scene(t);
    agent.temper.late = 50;
    const placed = Array.from({ length: 20 }, (_, n) => `a${n}`);
    for (const id of placed) await pen.place(id);
    await clock.advance(1);
    const before = dispatcher.metrics().orders;
    t.ok(before < placed.length, 'some wait for their turn');
    const { allocations } = await server.nodes.desired('n1', { ...ours, epoch: 1 });
    t.equal(allocations.length, placed.length);
    await clock.advance(10_000);
    t.equal(dispatcher.metrics().orders, before);
    // Where the list was lost on the way, its heartbeat tells, and it asks again.
    await beat();
    t.match(await server.heartbeat({ allocations: agent.report() }, ours), {
      digest: allocationsDigest(placed),
    });
    await server.register({ endpoint: 'http://10.0.0.1:9' }, ours);
    await clock.advance(10_000);
    t.same([...agent.held.keys()].sort(), placed.sort());
  },
);

void t.test('a third party that asks for a list is sent its orders all the same', async (t) => {
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

void t.test('another incarnation of the agent is given its hints anew', async (t) => {
  const { clock, server, pen, agent } = await scene(t);
  await pen.place('a1');
  await clock.advance(1);
  agent.held.clear();
  await server.register({ endpoint: 'http://10.0.0.1:9' }, ours);
  await clock.advance(1);
  t.equal(agent.begun.get('a1'), 2);
});

void t.test('a stop waits for the report of one of ours, which says how it ended', async (t) => {
  const { clock, pen, agent, beat, server } = await scene(t);
  await pen.place('a1');
  await clock.advance(1);
  await beat();
  await pen.requestStop('a1');
  await clock.advance(2000);
  t.notOk(agent.held.has('a1'));
  t.notOk((await pen.types()).includes('AllocationStopped'), 'not before its report');
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

void t.test('what one of ours has forgotten altogether is stopped', async (t) => {
  const { clock, pen, agent, beat } = await scene(t);
  await pen.place('a1');
  await clock.advance(1);
  await beat();
  agent.held.clear();
  await pen.requestStop('a1');
  await clock.advance(1);
  t.ok((await pen.types()).includes('AllocationStopped'));
});

void t.test('where no agent can be called, what should stop and is not heard of has stopped', async (t) => {
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
});

void t.test('nothing is sent to a node that is down, and all of it when it is back', async (t) => {
  const { clock, pen, agent, server } = await scene(t);
  await pen.write('node-n1', { type: 'NodeWentDown', data: { nodeId: 'n1', epoch: 1, reason: 'silent' } });
  await pen.place('a1');
  await clock.advance(60_000);
  t.equal(agent.begun.size, 0);
  await server.heartbeat({}, ours);
  await clock.advance(1);
  t.equal(agent.begun.size, 1);
});

void t.test('after a clear nothing more is sent of what was before', async (t) => {
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

void t.test(
  'what was lost with its node is stopped when the node is back, and how it ended is recorded',
  async (t) => {
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
      'that it runs is no news any more',
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
  },
);

void t.test('what a node lost altogether while it was down is over when it is asked', async (t) => {
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
