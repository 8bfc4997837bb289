import t, { type Test } from 'tap';
import { startDispatcher } from '#src/fleet/dispatcher/index.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { startServer } from '../nodes/cluster.js';
import { SimulatedAgent } from './simulated-agent.js';

async function scene(t: Test) {
  const clock = new TestClock();
  const server = await startServer(t, { clock, store: createMemoryEventStore({ clock }) });
  const agent = new SimulatedAgent(clock, 1000);
  const dispatcher = startDispatcher({ ...server, channel: agent, requestTimeoutMs: 1000 });
  t.teardown(() => dispatcher.stop(0));
  await dispatcher.ready;
  await server.pen.job('j1');
  await server.register({ endpoint: 'http://10.0.0.1:9' });
  /** Sends a heartbeat, by default with the clock's time and all allocations of the agent. */
  const beat = async (
    more: object = { timestamp: clock.now() / 1000 },
    allocations: object = agent.report(),
  ) => {
    await server.heartbeat({ allocations, ...more });
    await clock.advance(1);
  };
  const lost = async (): Promise<boolean> => (await server.pen.types()).includes('AllocationLost');
  const run = async (id: string): Promise<void> => {
    await server.pen.place(id);
    await clock.advance(1);
    await beat();
  };
  return { clock, server, pen: server.pen, agent, beat, lost, run };
}

void t.test('marks no allocation as lost because of three late copies of an old heartbeat', async (t) => {
  const { clock, agent, beat, lost, run } = await scene(t);
  const old = { timestamp: clock.now() / 1000 };
  await clock.advance(5000);
  await run('a1');
  for (let time = 0; time < 3; time += 1) {
    await clock.advance(3000);
    await beat(old, {});
  }
  t.notOk(await lost());
  t.equal(agent.begun.get('a1'), 1);
});

void t.test('counts repeated heartbeats without a timestamp once', async (t) => {
  const { beat, lost, run } = await scene(t);
  await run('a1');
  for (let time = 0; time < 5; time += 1) await beat({}, {});
  t.notOk(await lost());
});

void t.test('ignores missing allocations in a late heartbeat, but accepts its reports', async (t) => {
  const { clock, server, pen, agent, beat, run } = await scene(t);
  await run('a1');
  const late = { timestamp: clock.now() / 1000 + 1, healthy: false, resources: { cpu: 1, memory: 1 } };
  agent.held.set('a1', 'complete');
  const report = agent.report();
  await clock.advance(70_000);
  await beat(undefined, {});
  await beat(late, report);
  t.equal((await pen.types()).at(-1), 'AllocationCompleted');
  t.notOk((await pen.types()).includes('NodeHeartbeatReceived'));
  t.strictSame(server.telemetry.of('n1')?.resources, { cpu: 4000, memory: 8192 });
});

void t.test('marks an allocation as lost if it is missing from two heartbeats', async (t) => {
  const { clock, agent, beat, lost, run } = await scene(t);
  await run('a1');
  agent.held.clear();
  for (let time = 0; time < 2; time += 1) {
    t.notOk(await lost());
    await clock.advance(3000);
    await beat();
  }
  t.ok(await lost());
});

void t.test(
  'trusts an agent again after its clock was set back, and keeps its node up in the meantime',
  async (t) => {
    const { clock, server, agent, beat, lost, run } = await scene(t);
    await run('a1');
    clock.setBack(3_600_000);
    agent.held.clear();
    for (let time = 0; time < 10; time += 1) {
      await clock.advance(3000);
      await beat();
      t.equal(server.telemetry.of('n1')?.monotonic, clock.monotonic() - 1);
    }
    t.ok(await lost());
  },
);

void t.test('trusts an agent again as soon as it registers again', async (t) => {
  const { clock, server, agent, beat, lost, run } = await scene(t);
  await run('a1');
  clock.setBack(3_600_000);
  await server.register({ endpoint: 'http://10.0.0.1:9' });
  agent.held.clear();
  for (let time = 0; time < 2; time += 1) {
    await clock.advance(2000);
    await beat();
  }
  t.ok(await lost());
});
