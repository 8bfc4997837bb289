import t from 'tap';
import { EVENT_CATALOG } from '#test/fixtures/muster-events.js';
import { cluster } from '#domain/cluster/aggregate.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { startClearSaga } from '#src/fleet/clear.js';
import { startPlacements } from '#src/fleet/nodes/live-placements.js';
import { cleared, REQUEST_TIMEOUT } from './cleared.js';
import { context } from './nodes/cluster.js';

const ELSEWHERE = { endpoint: 'http://10.0.0.2:9' };

void t.test('stops the next allocation as soon as the agent has responded', async (t) => {
  const { pass, saga } = await cleared(t, ['a', 'b', 'c']);
  t.strictSame(await pass(0), [0, 0, 0]);
  t.strictSame(saga.status(), { orphans: 0, stopped: 3, gaveUp: 0 });
});

void t.test('reports who stopped allocations, and how many there were', async (t) => {
  const { pass, said, server } = await cleared(t, ['a', 'b']);
  await pass(0);
  t.strictSame(said, [{ level: 30, code: 'clear.begun', orphans: 2, nodes: 1 }]);
  const actors = new Set<unknown>();
  for await (const page of server.store.readStream('node-n1'))
    for (const { type, metadata } of page)
      if (type === 'AllocationStopped') actors.add((JSON.parse(metadata) as { actor: string }).actor);
  t.strictSame([...actors], ['saga:clear']);
});

void t.test('logs and retries a stop that could not be recorded, without counting it', async (t) => {
  let away = true;
  const recordingWith = (own: CommandExecutor): CommandExecutor => ({
    load: (...asked) => own.load(...asked),
    repeated: (...asked) => own.repeated(...asked),
    execute: (...asked) =>
      away
        ? Promise.reject(new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'away' }))
        : own.execute(...asked),
  });
  const { pass, saga, codes, agent } = await cleared(t, ['a'], { recordingWith });
  await pass(50);
  t.strictSame(saga.status(), { orphans: 1, stopped: 0, gaveUp: 0 });
  t.strictSame(codes(), ['clear.begun', 'clear.unrecorded']);
  away = false;
  await pass(50);
  t.strictSame(saga.status(), { orphans: 0, stopped: 1, gaveUp: 0 });
  t.strictSame(agent.told, ['a', 'a']);
  t.strictSame(codes(), ['clear.begun', 'clear.unrecorded']);
});

void t.test('counts an allocation as stopped if its agent no longer has it', async (t) => {
  const { agent, pass, saga } = await cleared(t, ['a'], { dead: true });
  agent.held.clear();
  await pass(0);
  agent.temper.dead = false;
  t.strictSame(await pass(1_100), [0, 1_100]);
  t.match(saga.status(), { orphans: 0, stopped: 1 });
});

void t.test('repeats the stop of an order in flight until two request timeouts have passed', async (t) => {
  const { pass, saga } = await cleared(t, [], {
    onTheirWay: ['late'],
    retry: { first: 1_000, most: 1_000 },
  });
  t.strictSame(await pass(1_950), [0, 1_000]);
  t.equal(saga.status().stopped, 0);
  t.strictSame(await pass(5_000), [0, 1_000, 2_000]);
  t.match(saga.status(), { orphans: 0, stopped: 1 });
});

void t.test('counts an order in flight as stopped once the agent has stopped it', async (t) => {
  const { agent, pass, saga } = await cleared(t, [], { onTheirWay: ['late'] });
  agent.held.set('late', 'running');
  t.strictSame(await pass(0), [0]);
  t.match(saga.status(), { orphans: 0, stopped: 1 });
});

void t.test('restarts the count of attempts when the agent responds', async (t) => {
  const { agent, pass, saga } = await cleared(t, ['a', 'b'], { dead: true, attempts: 3 });
  t.strictSame(await pass(2_250), [0, 1_100]);
  Object.assign(agent.temper, { dead: false, late: 100 });
  t.strictSame(await pass(50), [0, 1_100, 2_300]);
  agent.temper.dead = true;
  await pass(2_150);
  t.strictSame(agent.told, ['a', 'a', 'a', 'b', 'b']);
  agent.temper.dead = false;
  await pass(500);
  t.strictSame(saga.status(), { orphans: 0, stopped: 2, gaveUp: 0 });
});

void t.test("restarts the count of attempts when the agent's address changes", async (t) => {
  const { pass, saga, server } = await cleared(t, ['a'], { dead: true, attempts: 2 });
  await pass(500);
  await server.register(ELSEWHERE);
  t.strictSame(await pass(1_650), [0, 1_100]);
  t.equal(saga.status().gaveUp, 0);
  t.strictSame(await pass(1_050), [0, 1_100, 2_200]);
  t.equal(saga.status().gaveUp, 1);
});

void t.test(
  'retries at once when the node registers again, and restarts the count of attempts',
  async (t) => {
    const { pass, saga, server } = await cleared(t, ['a'], { dead: true, attempts: 3 });
    await pass(2_150);
    await server.register({ node_id: 'n2' });
    t.strictSame(await pass(0), [0, 1_100]);
    await server.register();
    t.strictSame(await pass(3_250), [0, 1_100, 2_150, 3_250, 4_450]);
    t.equal(saga.status().gaveUp, 0);
    await pass(50);
    t.equal(saga.status().gaveUp, 1, 'the saga gives up when the last attempt ends');
    await server.settled();
    t.equal(server.placements.problem, undefined);
  },
);

void t.test('sends one call at a time to a node that is cleared again', async (t) => {
  const { agent, pass, saga, server, clear, codes } = await cleared(t, ['a'], { dead: true });
  for (const id of ['b', 'c']) {
    await pass(500);
    await server.register({ endpoint: 'http://10.0.0.1:9' });
    await server.pen.place(id);
    agent.held.set(id, 'running');
    await clear();
    await server.settled();
    await pass(300);
    agent.temper.dead = false;
    agent.temper.late = 100;
    await pass(350);
    agent.temper.dead = true;
  }
  agent.temper.dead = false;
  await pass(10_000);
  t.equal(agent.mostUnderWay, 1);
  t.strictSame(saga.status(), { orphans: 0, stopped: 3, gaveUp: 0 });
  t.equal(codes().filter((code) => code === 'clear.begun').length, 3);
});

void t.test('when stopped, waits for the call in progress, but not beyond the grace period', async (t) => {
  for (const [graceMs, endsAt] of [
    [5_000, REQUEST_TIMEOUT],
    [300, 300],
  ] as const) {
    const { pass, saga } = await cleared(t, ['a'], { dead: true });
    await pass(0);
    let stopped = false;
    void saga.stop(graceMs).then(() => (stopped = true));
    await pass(endsAt - 50);
    t.notOk(stopped);
    await pass(50);
    t.ok(stopped);
  }
});

void t.test('makes no calls after a stop, even if stopped before it is ready', async (t) => {
  const { pass, saga, server, clear, codes, options, agent } = await cleared(t, ['a'], { dead: true });
  const first = saga.stop();
  await pass(REQUEST_TIMEOUT);
  await first;
  const placements = startPlacements({
    store: server.store,
    catalog: EVENT_CATALOG,
    clock: server.clock,
    logger: server.logger,
  });
  t.teardown(() => placements.stop());
  const second = startClearSaga({ ...options, placements });
  void second.stop(0);
  await second.ready;
  await placements.ready;
  const told = agent.told.length;
  await clear();
  await server.settled();
  await pass(2_000);
  t.equal(agent.told.length, told);
  t.strictSame(codes(), ['clear.begun', 'clear.unanswered']);
});

void t.test('logs nothing if there is nothing to stop', async (t) => {
  const { pass, codes, options, server } = await cleared(t, ['a']);
  await pass(0);
  const before = codes().length;
  const second = startClearSaga(options);
  t.teardown(() => void second.stop(0));
  await second.ready;
  await server.executor.execute(cluster, '', { kind: 'clear' }, context());
  await server.settled();
  await pass(0);
  t.equal(codes().length, before);
});
