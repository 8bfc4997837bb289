import t, { type Test } from 'tap';
import { startDispatcher } from '#src/fleet/dispatcher/index.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { startServer } from '../nodes/cluster.js';
import { SimulatedAgent } from './simulated-agent.js';

const REQUEST_TIMEOUT = 10_000;

async function scene(t: Test) {
  const clock = new TestClock();
  const server = await startServer(t, { clock, store: createMemoryEventStore({ clock }) });
  const agent = new SimulatedAgent(clock, REQUEST_TIMEOUT);
  const dispatcher = startDispatcher({ ...server, channel: agent, requestTimeoutMs: REQUEST_TIMEOUT });
  t.teardown(() => void dispatcher.stop(0));
  await dispatcher.ready;
  await server.pen.job('j1');
  await server.register({ endpoint: 'http://10.0.0.1:9' });
  const ids = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${name}${index}`);
  /** Sends a heartbeat each second until the condition holds, for at most ten minutes. */
  const until = async (done: () => boolean | Promise<boolean>): Promise<void> => {
    for (let second = 0; second < 600 && !(await done()); second += 1) {
      await clock.advance(1000);
      await server.heartbeat({ allocations: agent.report() });
    }
    t.ok(await done(), 'the condition holds within ten minutes');
  };
  /** Places this many allocations, and waits until they are recorded as started. */
  const running = async (count: number): Promise<string[]> => {
    const all = ids('old', count);
    for (const id of all) await server.pen.place(id);
    await until(
      async () => (await server.pen.types()).filter((type) => type === 'AllocationStarted').length === count,
    );
    return all;
  };
  return { clock, server, pen: server.pen, agent, dispatcher, ids, running, until };
}

void t.test('sends orders without waiting for slow stops', async (t) => {
  const { clock, pen, agent, running } = await scene(t);
  const old = await running(40);
  agent.temper.lateStops = 9_000;
  for (const id of old) await pen.requestStop(id);
  await clock.advance(1);
  for (let index = 0; index < 10; index += 1) {
    await pen.place(`new${index}`);
    await clock.advance(1);
    t.ok(
      agent.held.has(`new${index}`) && agent.underWay.size > 0,
      `order ${index} arrived while ${agent.underWay.size} stops are in progress`,
    );
  }
});

void t.test('sends orders without waiting for unanswered stops, polls or orphans', async (t) => {
  const { clock, pen, agent, running, server, ids } = await scene(t);
  const old = await running(40);
  agent.temper.lateStops = 2 * REQUEST_TIMEOUT;
  for (const id of old) await pen.requestStop(id);
  await server.heartbeat({
    allocations: Object.fromEntries(ids('stray', 90).map((id) => [id, { status: 'running' }])),
  });
  await clock.advance(60_000);
  await pen.place('new');
  await clock.advance(1);
  t.ok(agent.held.has('new'));
});

void t.test('stops allocations before orphans', async (t) => {
  const { clock, pen, agent, running, server, ids } = await scene(t);
  const old = await running(20);
  agent.temper.lateStops = 100;
  const strays = ids('stray', 50);
  for (const id of strays) agent.held.set(id, 'running');
  await server.heartbeat({ allocations: agent.report() });
  for (const id of old) await pen.requestStop(id);
  await clock.advance(60_000);
  t.equal(agent.held.size, 0, 'all stopped allocations and orphans are gone');
  const lastStop = Math.max(...old.map((id) => agent.told.indexOf(id)));
  const before = agent.told.slice(0, lastStop).filter((id) => strays.includes(id));
  t.ok(before.length <= 8, `only ${before.length} orphans were stopped before the last allocation`);
});

void t.test('makes several concurrent calls to an agent, but only one per allocation', async (t) => {
  const { pen, agent, running, until } = await scene(t);
  agent.temper.late = 50;
  const old = await running(40);
  await until(() => agent.held.size === 40);
  for (const id of old) {
    await pen.requestStop(id);
    await pen.place(`next-${id}`);
  }
  await until(
    async () =>
      (await pen.types()).filter((type) => type === 'AllocationStopped').length === 40 &&
      agent.held.size === 40,
  );
  t.ok(agent.mostUnderWay >= 4 && agent.mostUnderWay <= 8, `${agent.mostUnderWay} concurrent calls`);
  t.equal(agent.mostOfOne, 1);
  t.strictSame(
    [...agent.begun].filter(([, times]) => times > 1),
    [],
  );
});

void t.test('makes only one call of each kind at a time to a hanging agent', async (t) => {
  const { clock, pen, agent, ids } = await scene(t);
  agent.temper.dead = true;
  for (const id of ids('a', 40)) await pen.place(id);
  await clock.advance(60_000);
  t.equal(agent.mostUnderWay, 1);
});

void t.test('repeats the stop of an orphan after doubling delays', async (t) => {
  const { clock, agent, server } = await scene(t);
  const tell = async (): Promise<void> => {
    await server.heartbeat({ allocations: { stray: { status: 'running' } } });
    await clock.advance(10_000);
  };
  const toldAt: number[] = [];
  for (let beat = 0; beat < 100; beat += 1) {
    const before = agent.told.length;
    await tell();
    if (agent.told.length > before) toldAt.push(beat * 10);
  }
  t.strictSame(toldAt, [0, 30, 90, 210, 450, 930]);
});

void t.test('records no stop while a DELETE is unanswered', async (t) => {
  for (const silence of [{ mute: true }, { dead: true }, { cut: true, late: 1e9 }, { lateStops: 5000 }]) {
    const { clock, pen, agent, running } = await scene(t);
    const [id = ''] = await running(1);
    Object.assign(agent.temper, silence);
    await pen.requestStop(id);
    await clock.advance(4000);
    t.ok(
      agent.told.includes(id) && !(await pen.types()).includes('AllocationStopped'),
      JSON.stringify(silence),
    );
    Object.assign(agent.temper, { mute: false, dead: false, cut: false, late: 0, lateStops: 0 });
    await clock.advance(60_000);
    t.equal(
      (await pen.types()).filter((type) => type === 'AllocationStopped').length,
      1,
      'the stop is recorded once after the DELETE is answered',
    );
  }
});
