import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { faultyMessages, NO_FAULTS } from '../../../../fixtures/faulty-messages.js';
import { FaultyProxy } from '../../../../fixtures/faulty-proxy.js';
import { eventually, PATIENCE } from '../../../../fixtures/eventually.js';
import { ownFolder } from '../../../../fixtures/folder.js';
import { NatsServer } from '../../../../fixtures/nats-server.js';
import { onEachNats, startNatsScene, type NatsScene } from '../../../../fixtures/nats-scene.js';
import { startAgent } from '../../../../agents/support/agent.js';

t.setTimeout(300_000 * PATIENCE);

/** Tasks that write a line to a file when they start. */
function work(t: Test, server: NatsScene) {
  const file = join(ownFolder(t), 'started');
  const starts = (): string[] => {
    try {
      return readFileSync(file, 'utf8').split('\n').slice(0, -1);
    } catch {
      return [];
    }
  };
  const place = async (then: string): Promise<string> => {
    const [id, jobId] = [randomUUID(), `job-${randomUUID()}`];
    const version = await server.pen.job(jobId, {
      name: 'web',
      tasks: [{ name: 'main', driver: 'exec', config: { command: `echo ${id} >> ${file}; ${then}` } }],
    });
    await server.pen.place(id, 'n1', jobId, version);
    return id;
  };
  /** Types of all events about an allocation. */
  const about = async (id: string): Promise<string[]> => {
    const types: string[] = [];
    for await (const page of server.store.readStream('node-n1'))
      types.push(...page.filter((event) => event.data.includes(id)).map(({ type }) => type));
    return types;
  };
  const until = async (id: string, type: string): Promise<void> => {
    await eventually(async () => (await about(id)).includes(type), {
      timeout: 60_000,
      what: `${type} of ${id}`,
    });
    // A start may be reported before the shell has run its first command.
    await eventually(() => starts().includes(id), { what: `the line of ${id}` });
  };
  return { starts, place, about, until };
}

onEachNats(t, 'dropped, duplicated, reordered and replayed messages change nothing', async (t, binary) => {
  const nats = await NatsServer.start(t, { binary });
  const seed = 7;
  const faults = await faultyMessages(t, nats.port, seed);
  const url = nats.urlAt(faults.port);
  const server = await startNatsScene(t, url, { requestTimeoutMs: 250 });
  await startAgent(t, {
    dataDir: ownFolder(t),
    natsUrl: url,
    nodeId: 'n1',
    heartbeatSeconds: 0.2,
    requestTimeoutMs: 250,
  });
  const { starts, place, about, until } = work(t, server);
  await eventually(() => server.placements.state.nodes.has('n1'));
  faults.odds = { drop: 0.15, double: 0.3, reorder: 0.2, again: 0.3 };
  const short: string[] = [];
  const long: string[] = [];
  for (let index = 0; index < 20; index += 1) {
    short.push(await place('true'));
    if (index % 4 === 0) long.push(await place('sleep 1000'));
  }
  for (const id of long) {
    await until(id, 'AllocationStarted');
    await server.pen.requestStop(id, 'n1');
  }
  for (const id of short) await until(id, 'AllocationCompleted');
  for (const id of long) await until(id, 'AllocationStopped');
  faults.odds = NO_FAULTS;
  faults.replay();
  // Once this allocation has completed, all late messages have been handled.
  const last = await place('true');
  await until(last, 'AllocationCompleted');
  t.comment(`seed ${seed}: ${JSON.stringify(faults.counts)}`);
  t.ok(Math.min(...Object.values(faults.counts)) > 0, 'each kind of fault occurred');
  t.same(starts().sort(), [...short, ...long, last].sort(), 'each task was started once');
  for (const id of [...short, last])
    t.same(
      await about(id),
      ['AllocationStarted', 'TaskExited', 'AllocationCompleted'],
      'each start and end was reported once',
    );
  const registrations = (await server.pen.types('node-n1')).filter(
    (type) => type === 'NodeRegistered',
  ).length;
  t.ok(registrations <= 4, `${registrations} registrations`);
});

onEachNats(
  t,
  'of several servers one responds to each message, and the others continue when one stops',
  async (t, binary) => {
    const nats = await NatsServer.start(t, { binary });
    const first = await startNatsScene(t, nats.url);
    const second = await startNatsScene(t, nats.url, { store: first.store, root: first.root });
    await startAgent(t, { dataDir: ownFolder(t), natsUrl: nats.url, nodeId: 'n1', heartbeatSeconds: 0.1 });
    const { starts, place, about, until } = work(t, first);
    await eventually(() => first.placements.state.nodes.has('n1'));
    const ids: string[] = [];
    for (let index = 0; index < 10; index += 1) ids.push(await place('sleep 0.2'));
    for (const id of ids) await until(id, 'AllocationCompleted');
    await eventually(
      () => first.telemetry.of('n1')?.lists === true && second.telemetry.of('n1')?.lists === true,
      { what: 'heartbeats at both servers' },
    );
    await first.served.stop();
    await first.dispatcher.stop();
    ids.push(await place('true'));
    await until(ids.at(-1) ?? '', 'AllocationCompleted');
    t.same(starts().sort(), [...ids].sort(), 'each task was started once');
    for (const id of ids) t.same(await about(id), ['AllocationStarted', 'TaskExited', 'AllocationCompleted']);
    t.equal(second.placements.state.nodes.get('n1')?.epoch, 1);
  },
);

onEachNats(
  t,
  'tasks keep running while NATS is down, and missed orders and reports are delivered afterwards',
  async (t, binary) => {
    const nats = await NatsServer.start(t, { binary });
    const server = await startNatsScene(t, nats.url, { requestTimeoutMs: 500 });
    const agent = await startAgent(t, {
      dataDir: ownFolder(t),
      natsUrl: nats.url,
      nodeId: 'n1',
      heartbeatSeconds: 0.3,
      requestTimeoutMs: 500_000,
    });
    const { starts, place, about, until } = work(t, server);
    await eventually(() => server.placements.state.nodes.has('n1'));
    const [runs, ends, stopped] = [
      await place('sleep 1000'),
      await place('sleep 1'),
      await place('sleep 1000'),
    ];
    for (const id of [runs, ends, stopped]) await until(id, 'AllocationStarted');
    await nats.kill();
    const placed = await place('sleep 1000');
    await server.pen.requestStop(stopped, 'n1');
    await eventually(() => !server.link.status().connected);
    t.match(await server.channel.usage({ nodeId: 'n1', epoch: 1, endpoint: 'nats:x' }), {
      kind: 'unknown',
      problem: /^no connection to NATS/,
    });
    await nats.start();
    await until(ends, 'AllocationCompleted');
    await until(stopped, 'AllocationStopped');
    await until(placed, 'AllocationStarted');
    t.same(await about(runs), ['AllocationStarted'], 'the running task keeps running');
    t.same(starts().sort(), [runs, ends, stopped, placed].sort());
    t.equal(server.placements.state.nodes.get('n1')?.epoch, 1, 'the agent did not register again');
    await nats.kill();
    await eventually(() => !server.link.status().connected);
    t.same(
      await agent.stop(),
      { running: 2, interrupted: 0 },
      'an agent stops without NATS, even while it waits for a response',
    );
  },
);

for (const fault of ['cut', 'half-open', 'blackhole'] as const) {
  onEachNats(t, `a connection to NATS recovers by itself from the fault ${fault}`, async (t, binary) => {
    const nats = await NatsServer.start(t, { binary });
    const proxy = await FaultyProxy.start(t, { port: nats.port });
    const url = nats.urlAt(proxy.port);
    const server = await startNatsScene(t, url, { requestTimeoutMs: 500 });
    await startAgent(t, {
      dataDir: ownFolder(t),
      natsUrl: url,
      nodeId: 'n1',
      heartbeatSeconds: 0.3,
      requestTimeoutMs: 500,
    });
    const { starts, place, until } = work(t, server);
    await eventually(() => server.placements.state.nodes.has('n1'));
    const before = await place('sleep 1000');
    await until(before, 'AllocationStarted');
    proxy.strike(fault);
    const during = await place('true');
    if (fault === 'blackhole') proxy.heal();
    await until(during, 'AllocationCompleted');
    t.same(starts().sort(), [before, during].sort());
  });
}
