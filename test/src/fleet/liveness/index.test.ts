import t, { type Test } from 'tap';
import fc from 'fast-check';
import { startLiveness } from '#src/fleet/liveness/index.js';
import { HOLD_MINIMUM, HOLD_SHARE, judge } from '#src/fleet/liveness/judgement.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { startServer } from '../nodes/cluster.js';

const TIMEOUT = 30_000;

async function scene(
  t: Test,
  count: number,
  clock = new TestClock(),
  store = createMemoryEventStore({ clock }),
) {
  const server = await startServer(t, { clock, store });
  const names = Array.from({ length: count }, (_, index) => `n${index}`);
  const liveness = startLiveness({ ...server, timeoutMs: TIMEOUT });
  t.teardown(() => liveness.stop());
  const down = async (): Promise<string[]> => {
    await server.settled();
    return [...server.placements.state.nodes.values()]
      .filter((node) => node.down)
      .map(({ nodeId }) => nodeId);
  };
  return {
    clock,
    store,
    server,
    liveness,
    names,
    down,
    /** Registers all nodes, each with a running allocation. */
    register: async () => {
      for (const node_id of names) {
        await server.register({ node_id });
        await server.pen.place(`on-${node_id}`, node_id);
        await server.heartbeat({
          node_id,
          allocations: { [`on-${node_id}`]: { status: 'running', start_time: 1 } },
        });
      }
    },
    /** Advances time by this many seconds. These nodes send a heartbeat every ten. */
    pass: async (seconds: number, beating: readonly string[]) => {
      for (let at = 0; at < seconds; at += 10) {
        await clock.advance(10_000);
        for (const node_id of beating) await server.heartbeat({ node_id });
      }
    },
  };
}

void t.test('marks a silent node down, and up again with its heartbeat', async (t) => {
  const { register, pass, names, down, server, liveness, clock } = await scene(t, 3);
  await register();
  await pass(60, names);
  t.strictSame(await down(), []);
  await pass(20, ['n1', 'n2']);
  await clock.advance(9_000);
  t.strictSame(await down(), [], 'no node is down before the timeout');
  await clock.advance(3_000);
  t.strictSame(await down(), ['n0'], 'the silent node is down although it is a third of the cluster');
  t.match(await server.pen.newest('NodeWentDown', 'node-n0'), { epoch: 1, reason: /silent for 3\d s/ });
  t.match(liveness.status(), { live: 2, down: 1, heldCount: 0, markedDown: 1 });
  await server.heartbeat({ node_id: 'n0' });
  t.strictSame(await down(), []);
  t.equal((await server.pen.types('node-n0')).at(-1), 'NodeCameBack');
});

void t.test('ignores changes of the wall clock', async (t) => {
  const { register, pass, names, down, clock } = await scene(t, 2);
  await register();
  for (const jump of [3_600_000, -3_600_000, 86_400_000]) {
    clock.setBack(jump);
    await pass(40, names);
  }
  t.strictSame(await down(), []);
});

void t.test('marks no node down until a full timeout after a restart', async (t) => {
  const first = await scene(t, 3);
  await first.register();
  await first.liveness.stop();
  await first.clock.advance(600_000);
  const second = await scene(t, 3, first.clock, first.store);
  await second.clock.advance(29_000);
  t.strictSame(await second.down(), []);
  await second.clock.advance(4_000);
  t.strictSame(await second.down(), ['n0', 'n1', 'n2']);
});

void t.test('marks no node down because of a stall of the server', async (t) => {
  const { register, pass, names, down, clock, liveness } = await scene(t, 3);
  await register();
  await pass(60, names);
  await clock.stall(120_000);
  t.strictSame(await down(), []);
  t.equal(liveness.status().stalls, 1);
  await pass(60, names);
  t.strictSame(await down(), []);
  await pass(40, []);
  t.equal((await down()).length, 3, 'nodes that fall silent later are marked down');
});

void t.test('holds nodes if more than a fifth are silent at once', async (t) => {
  const { register, pass, names, down, liveness } = await scene(t, 20);
  await register();
  await pass(60, names);
  await pass(120, names.slice(6));
  t.strictSame(await down(), []);
  t.match(liveness.status(), { heldCount: 6, held: names.slice(0, 6), live: 20 });
  await pass(40, names.slice(3));
  t.strictSame((await down()).sort(), ['n0', 'n1', 'n2']);
  t.equal(liveness.status().heldCount, 0);
});

void t.test('holds nodes that fell silent together, even if their timeouts expire one by one', async (t) => {
  const { register, names, down, liveness, clock, server } = await scene(t, 50);
  await register();
  // Each node sends a heartbeat every ten seconds, spread over the interval.
  const beat = async (alive: readonly string[]): Promise<void> => {
    for (let step = 0; step < 10; step += 1) {
      await clock.advance(1000);
      for (const [index, node_id] of names.entries())
        if (index % 10 === step && alive.includes(node_id)) await server.heartbeat({ node_id });
    }
  };
  for (let round = 0; round < 3; round += 1) await beat(names);
  for (let round = 0; round < 5; round += 1) await beat(names.slice(25));
  t.strictSame(await down(), []);
  t.equal(liveness.status().heldCount, 25);
});

void t.test('keeps slow but regular agents up', async (t) => {
  const { register, names, down, clock, server } = await scene(t, 20);
  await register();
  for (let second = 1; second <= 600; second += 1) {
    await clock.advance(1000);
    for (const [index, node_id] of names.entries()) {
      const every = index < 4 ? 27 : 10;
      if (second % every === index % every) await server.heartbeat({ node_id });
    }
  }
  t.strictSame(await down(), []);
});

void t.test('marks a node down only once even if two sagas run', async (t) => {
  const { register, clock, server } = await scene(t, 1);
  await register();
  const other = startLiveness({ ...server, timeoutMs: TIMEOUT });
  t.teardown(() => other.stop());
  await clock.advance(60_000);
  await server.settled();
  t.equal((await server.pen.types('node-n0')).filter((type) => type === 'NodeWentDown').length, 1);
});

void t.test('neither holds nor counts nodes that never ran anything', async (t) => {
  const { register, pass, names, down, server, liveness } = await scene(t, 10);
  await register();
  await pass(60, names);
  const forged = Array.from({ length: 5 }, (_, index) => `forged-${index}`);
  for (const node_id of forged) await server.register({ node_id });
  await pass(60, names.slice(1));
  t.strictSame(
    (await down()).sort(),
    [...forged, 'n0'].sort(),
    'a node that ran something is marked down along with the forged ones',
  );
  t.equal(liveness.status().heldCount, 0);
  await pass(60, names.slice(6));
  t.equal(liveness.status().heldCount, 5, 'nodes that ran something are still held');
});

void t.test('does not mark a node down that sends a heartbeat while others are marked', async (t) => {
  const { register, pass, names, down, server, liveness, clock } = await scene(t, 100);
  await liveness.stop();
  await register();
  const silent = names.slice(0, 18);
  const [last = ''] = silent.slice(-1);
  let marks = 0;
  const execute: typeof server.executor.execute = async (...given) => {
    marks += 1;
    if (marks === 1) await server.heartbeat({ node_id: last });
    return await server.executor.execute(...given);
  };
  const executor = Object.assign(Object.create(server.executor) as typeof server.executor, { execute });
  const other = startLiveness({ ...server, executor, timeoutMs: TIMEOUT });
  t.teardown(() => other.stop());
  await clock.advance(0);
  await pass(30, names.slice(18));
  await clock.advance(5000);
  t.strictSame((await down()).sort(), silent.slice(0, -1).sort());
  t.equal(marks, silent.length - 1, 'no attempt was made to mark the node that sent a heartbeat');
});

const ranSilentFor = (silence: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    nodeId: `${silence}-${index}`,
    silence,
    gap: 10_000,
    hasRun: true,
  }));

void t.test('marks up to a fifth of the nodes down, and holds all silent nodes if there are more', (t) => {
  const of = (silent: number, live: number) =>
    judge([...ranSilentFor(TIMEOUT + 1, silent), ...ranSilentFor(0, live)], TIMEOUT, 0);
  t.equal(of(5, 20).down.length, 5);
  t.equal(of(20, 80).down.length, 20);
  t.equal(of(5, 19).held.length, 5);
  t.equal(of(21, 79).held.length, 21);
  t.equal(
    of(HOLD_MINIMUM - 1, 0).down.length,
    HOLD_MINIMUM - 1,
    'fewer silent nodes than the minimum are all marked down',
  );
  t.equal(
    judge([...ranSilentFor(TIMEOUT, 5), ...ranSilentFor(0, 20)], TIMEOUT, 0).down.length,
    0,
    'no node is marked down exactly at the timeout',
  );
  t.end();
});

const node = fc.record({
  nodeId: fc.uuid(),
  silence: fc.integer({ min: 0, max: 60_000 }),
  gap: fc.option(fc.integer({ min: 0, max: 40_000 }), { nil: undefined }),
  hasRun: fc.boolean(),
});
const few = (failing: number, of: number): boolean => failing < HOLD_MINIMUM || failing <= HOLD_SHARE * of;

void t.test(
  'marks at most a fifth of the nodes down at once, unless fewer than the minimum are silent',
  async (t) => {
    fc.assert(
      fc.property(fc.array(node, { maxLength: 60 }), fc.nat(5), (nodes, justDown) => {
        const { down, held } = judge(nodes, TIMEOUT, justDown);
        const silent = nodes.filter(({ silence }) => silence > TIMEOUT);
        if (down.length + held.length !== silent.length) return false;
        const ran = silent.filter(({ hasRun }) => hasRun).length;
        if (held.length > 0) return held.length === ran;
        return ran === 0 || few(ran + justDown, nodes.filter(({ hasRun }) => hasRun).length + justDown);
      }),
    );
    t.pass();
  },
);

void t.test('marks all silent nodes down if at most a fifth are late', async (t) => {
  let judged = 0;
  const mostlyLive = fc.array(
    fc.oneof(
      { weight: 9, arbitrary: node.map((each) => ({ ...each, silence: each.silence % (TIMEOUT / 2) })) },
      { weight: 1, arbitrary: node },
    ),
    { maxLength: 100 },
  );
  fc.assert(
    fc.property(mostlyLive, fc.nat(5), (nodes, justDown) => {
      const silent = nodes.filter(({ silence }) => silence > TIMEOUT).map(({ nodeId }) => nodeId);
      const late = nodes.filter(({ silence, hasRun }) => hasRun && silence > TIMEOUT / 2).length;
      if (!few(late + justDown, nodes.filter(({ hasRun }) => hasRun).length + justDown)) return true;
      judged += silent.length;
      return JSON.stringify(judge(nodes, TIMEOUT, justDown).down) === JSON.stringify(silent);
    }),
    { numRuns: 500 },
  );
  t.ok(judged > 0, `${judged} silent nodes were judged`);
});
