import { pino } from 'pino';
import t, { type Test } from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { startLiveness, type LivenessOptions } from '#src/fleet/liveness/index.js';
import type { Hearing } from '#src/fleet/nodes/index.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { startServer } from '../nodes/cluster.js';

interface Given extends Partial<Pick<LivenessOptions, 'timeoutMs' | 'everyMs'>> {
  readonly nodes?: number;
  readonly hearing?: (clock: TestClock) => Hearing;
  readonly recordingWith?: (own: CommandExecutor) => CommandExecutor;
}

/** Creates this many nodes that ran something, all last seen at time zero. */
async function scene(
  t: Test,
  { nodes = 1, hearing, recordingWith = (own) => own, timeoutMs = 4_000, ...more }: Given = {},
) {
  const clock = new TestClock();
  const server = await startServer(t, { clock, store: createMemoryEventStore({ clock }) });
  const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
  for (const node_id of names) {
    await server.register({ node_id });
    await server.pen.place(`on-${node_id}`, node_id);
    await server.heartbeat({
      node_id,
      allocations: { [`on-${node_id}`]: { status: 'running', start_time: 1 } },
    });
  }
  await server.settled();
  const said: { readonly code: string }[] = [];
  const logger = pino(
    { base: null, timestamp: false },
    { write: (line) => said.push(JSON.parse(line) as { code: string }) },
  );
  const liveness = startLiveness({
    ...server,
    ...more,
    logger,
    timeoutMs,
    executor: recordingWith(server.executor),
    ...(hearing !== undefined && { hearing: hearing(clock) }),
  });
  t.teardown(() => void liveness.stop());
  await liveness.ready;
  await clock.advance(0);
  return { ...server, clock, liveness, said, names, codes: () => said.map(({ code }) => code) };
}

const hears = (check: (clock: TestClock) => Promise<boolean>) => (clock: TestClock) => ({
  concerns: () => true,
  check: () => check(clock),
  onInterrupted: () => () => undefined,
});

void t.test(
  'checks twenty times per timeout, but at least every second and at most every 25 ms',
  async (t) => {
    for (const [timeoutMs, downAt] of [
      [4_000, 4_200],
      [30_000, 31_000],
      [100, 125],
    ] as const) {
      const { clock, liveness } = await scene(t, { timeoutMs });
      await clock.advance(downAt - 1);
      t.match(liveness.status(), { live: 1, down: 0, markedDown: 0 });
      await clock.advance(1);
      t.strictSame(liveness.status(), {
        live: 0,
        down: 1,
        held: [],
        heldCount: 0,
        stalls: 0,
        deaf: 0,
        markedDown: 1,
      });
    }
  },
);

void t.test('checks at the configured interval', async (t) => {
  const { clock, liveness } = await scene(t, { everyMs: 3_000 });
  await clock.advance(5_999);
  t.equal(liveness.status().down, 0);
  await clock.advance(1);
  t.equal(liveness.status().down, 1);
});

void t.test('logs which node was marked down, and how long it was silent', async (t) => {
  const { clock, said, pen } = await scene(t);
  await clock.advance(4_200);
  t.strictSame(said, [{ level: 40, code: 'liveness.down', nodeId: 'n1', epoch: 1, silentMs: 4_200 }]);
  t.match(await pen.newest('NodeWentDown'), { epoch: 1, reason: 'silent for 4 s' });
});

void t.test('treats a check as stalled if it is late by more than a quarter of the timeout', async (t) => {
  for (const [timeoutMs, everyMs, late] of [
    [4_000, 200, 1_000],
    [400, 25, 250],
  ] as const) {
    const { clock, liveness, codes } = await scene(t, { timeoutMs, everyMs });
    await clock.stall(everyMs + late);
    t.equal(liveness.status().stalls, 0);
    await clock.stall(everyMs + late + 1);
    t.equal(liveness.status().stalls, 1);
    t.strictSame(codes(), ['liveness.stalled']);
    await clock.advance(timeoutMs);
    t.equal(liveness.status().down, 0, 'every node gets a full timeout after the stall');
    await clock.advance(everyMs);
    t.equal(liveness.status().down, 1);
  }
});

void t.test('does not treat a slow check as a stall', async (t) => {
  const { clock, liveness } = await scene(t, {
    hearing: hears(async (clock) => await clock.sleep(60_000).then(() => true)),
  });
  await clock.advance(70_000);
  t.match(liveness.status(), { stalls: 0, down: 1 });
});

void t.test(
  'marks no node down while heartbeats may be missed, and then restarts all timeouts',
  async (t) => {
    let there = true;
    const { clock, liveness, codes } = await scene(t, { hearing: hears(() => Promise.resolve(there)) });
    await clock.advance(1_900);
    there = false;
    await clock.advance(1_900);
    t.ok(liveness.status().deaf > 0, 'it checks as soon as a node is overdue');
    await clock.advance(400_000);
    t.match(liveness.status(), { down: 0 });
    t.strictSame(codes(), ['liveness.deaf'], 'an outage is logged once');
    there = true;
    await clock.advance(200);
    t.strictSame(codes(), ['liveness.deaf', 'liveness.hears-again']);
    await clock.advance(3_900);
    t.match(liveness.status(), { down: 0 }, 'every node has a full timeout to be heard again');
    await clock.advance(400);
    t.match(liveness.status(), { down: 1 });
  },
);

void t.test('a check that fails now and then delays no timeout', async (t) => {
  let checks = 0;
  const { clock, liveness, codes } = await scene(t, {
    hearing: hears(() => Promise.resolve((checks += 1) % 2 === 0)),
  });
  await clock.advance(4_400);
  t.match(liveness.status(), { down: 1 });
  t.ok(liveness.status().deaf > 0);
  t.strictSame(codes(), ['liveness.down']);
});

void t.test('marks nodes down that an outage does not concern', async (t) => {
  const { clock, liveness, codes, store, names } = await scene(t, {
    nodes: 2,
    hearing: () => ({
      concerns: (nodeId) => nodeId === 'n1',
      check: () => Promise.resolve(false),
      onInterrupted: () => () => undefined,
    }),
  });
  await clock.advance(400_000);
  t.match(liveness.status(), { live: 1, down: 1 });
  t.same(codes(), ['liveness.deaf', 'liveness.down']);
  for (const [index, name] of names.entries()) {
    const types = [];
    for await (const page of store.readStream(`node-${name}`)) types.push(...page.map(({ type }) => type));
    t.equal(types.includes('NodeWentDown'), index === 1, name);
  }
});

void t.test('restarts all timeouts after a possible loss of heartbeats', async (t) => {
  let interrupt = (): void => undefined;
  let ended = 0;
  const hearing = (): Hearing => ({
    concerns: () => true,
    check: () => Promise.resolve(true),
    onInterrupted: (listener) => {
      interrupt = listener;
      return () => void (ended += 1);
    },
  });
  const { clock, liveness } = await scene(t, { hearing });
  await clock.advance(3_000);
  interrupt();
  await clock.advance(4_000);
  t.equal(liveness.status().down, 0);
  await clock.advance(200);
  t.equal(liveness.status().down, 1);
  const stopped = liveness.stop();
  await clock.advance(0);
  await stopped;
  t.equal(ended, 1);
});

void t.test('logs and retries marking a node down if the event could not be recorded', async (t) => {
  let away = true;
  const recordingWith = (own: CommandExecutor): CommandExecutor => ({
    load: (...asked) => own.load(...asked),
    repeated: (...asked) => own.repeated(...asked),
    execute: (...asked) =>
      away
        ? Promise.reject(new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'away' }))
        : own.execute(...asked),
  });
  const { clock, liveness, said } = await scene(t, { recordingWith });
  await clock.advance(4_200);
  t.match(said, [{ code: 'liveness.unrecorded', nodeId: 'n1', problem: /away/ }]);
  t.equal(liveness.status().markedDown, 0);
  away = false;
  await clock.advance(200);
  t.match(liveness.status(), { down: 1, markedDown: 1 });
});

void t.test('logs at most a hundred held nodes, once, and later their release', async (t) => {
  const { clock, liveness, said, codes, names, heartbeat, settled } = await scene(t, {
    nodes: 101,
    timeoutMs: 30_000,
  });
  await clock.advance(33_000);
  t.match(liveness.status(), { heldCount: 101, live: 101, down: 0, markedDown: 0 });
  t.strictSame(liveness.status().held, names.slice(0, 100));
  t.match(said, [{ code: 'liveness.held', silent: 101, nodes: names.slice(0, 100) }]);
  for (const node_id of names.slice(1)) await heartbeat({ node_id });
  await clock.advance(1_000);
  await settled();
  t.match(liveness.status(), { heldCount: 0, held: [], down: 1 });
  t.strictSame(codes(), ['liveness.held', 'liveness.released', 'liveness.down']);
  t.match(said[1], { silent: 1 });
});

void t.test(
  'counts nodes marked down within a timeout among the silent ones if they ran something',
  async (t) => {
    const { clock, liveness, names, heartbeat } = await scene(t, { nodes: 10 });
    const beat = async (beating: readonly string[], ms: number): Promise<void> => {
      for (let at = 0; at < ms; at += 1_000) {
        for (const node_id of beating) await heartbeat({ node_id });
        await clock.advance(1_000);
      }
    };
    await beat(names.slice(4), 5_000);
    t.equal(liveness.status().markedDown, 4, 'fewer than five nodes are never held');
    await clock.advance(3_400);
    t.equal(
      liveness.status().heldCount,
      6,
      'another node would be the fifth marked down, so the rest are held',
    );
    await clock.advance(4_000);
    t.match(liveness.status(), { heldCount: 6, markedDown: 4 }, 'the remaining nodes stay held');
  },
);

void t.test('forgets cleared and removed nodes, and ignores unregistered ones', async (t) => {
  const { clock, liveness, pen, telemetry, settled, register } = await scene(t);
  await register({ node_id: 'n2' });
  await pen.place('a', 'ghost');
  await pen.write('node-n2', { type: 'NodeRemoved', data: { nodeId: 'n2', epoch: 1, reason: 'crowded' } });
  await settled();
  t.equal(telemetry.of('n2'), undefined);
  t.ok(telemetry.of('n1'));
  await clock.advance(10_000);
  t.match(liveness.status(), { markedDown: 1, down: 1, live: 1 });
  t.strictSame(await pen.types('node-ghost'), []);
  await pen.clear();
  await settled();
  t.equal(telemetry.of('n1'), undefined);
  t.match(liveness.status(), { live: 0, down: 0 });
});

void t.test('releases held nodes when the cluster is cleared', async (t) => {
  const { clock, liveness, pen, settled } = await scene(t, { nodes: 6 });
  await clock.advance(4_200);
  t.equal(liveness.status().heldCount, 6);
  await pen.clear();
  await settled();
  t.equal(liveness.status().heldCount, 0);
});

void t.test('makes no checks after a stop', async (t) => {
  const { clock, liveness } = await scene(t);
  const stopped = liveness.stop();
  await clock.advance(0);
  await stopped;
  await clock.advance(60_000);
  t.match(liveness.status(), { down: 0, markedDown: 0, stalls: 0 });
  t.equal(clock.sleeping, 0);
});
