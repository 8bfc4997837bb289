import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { BackOff } from '#agents/back-off.js';
import { DRIVERS_HERE } from '../fixtures/drivers.js';
import { call, order, startPair } from './support/agent.js';
import { until } from './support/peer-server.js';

void t.test('a node registers with what it is and has, and says so in heartbeats', async (t) => {
  const { peer, agent } = await startPair(t);
  await until(() => peer.heartbeats.length > 1);
  const [registration] = peer.registrations;
  t.match(registration, {
    node_id: agent.nodeId,
    ip_address: '127.0.0.1',
    healthy: true,
    endpoint: agent.url,
    drivers: DRIVERS_HERE,
  });
  t.match(registration?.attributes, {
    os: 'linux',
    arch: String,
    kernel: String,
    hostname: String,
    'muster.version': /^\d+\.\d+/,
    'exec.isolation': String,
    'cpu.cores': Number,
  });
  t.match(registration?.attributes, {
    'driver.exec': true,
    'os.type': 'linux',
    'os.name': String,
    'cpu.arch': process.arch,
    'kernel.name': 'linux',
    'kernel.version': String,
  });
  t.notOk(
    Object.hasOwn(registration?.attributes ?? {}, 'driver.docker'),
    'a driver that is not there is not named',
  );
  for (const [name, least] of [
    ['cpu', 1000],
    ['memory', 64],
    ['disk', 64],
  ] as const) {
    t.ok(
      Number.isInteger(registration?.resources[name]) && (registration?.resources[name] ?? 0) >= least,
      name,
    );
  }
  t.match(peer.heartbeats.at(-1), {
    node_id: agent.nodeId,
    healthy: true,
    allocations: {},
    resources: { cpu: Number, memory: Number, cpu_used: Number, memory_used: Number },
  });
});

void t.test('a change is reported at once, many changes together', async (t) => {
  const { peer, agent } = await startPair(t, { heartbeatSeconds: 3600 });
  await until(() => peer.heartbeats.length === 1);
  const orders = Array.from({ length: 8 }, () => order({ command: 'sleep 1000', kill_timeout: 0 }));
  peer.want(...orders);
  await Promise.all(orders.map((each) => call('POST', `${agent.url}/allocations`, each)));
  for (const each of orders) await peer.reported(each.allocation_id, 'running');
  t.ok(peer.heartbeats.length <= 7, `${peer.heartbeats.length} heartbeats for 8 starts`);
  // A heartbeat that is answered between two of these orders makes the agent ask for the others.
  const fetched = peer.fetched;
  const another = order({ command: 'sleep 1000', kill_timeout: 0 });
  peer.want(another);
  await call('POST', `${agent.url}/allocations`, another);
  await peer.reported(another.allocation_id, 'running');
  t.equal(peer.fetched, fetched, 'the agent does not ask for what it was told by an order');
});

void t.test('new orders of a list are journaled at once, by one sync', async (t) => {
  const { peer, dataDir } = await startPair(t, { heartbeatSeconds: 0.2 });
  const orders = Array.from({ length: 30 }, () => order({ command: 'sleep 1000', kill_timeout: 0 }));
  peer.want(...orders);
  for (const each of orders) await peer.reported(each.allocation_id, 'running');
  const lines = (await readFile(path.join(dataDir, 'agent/journal/records.log'), 'utf8')).split('\n');
  const first = lines.find((line) => line.includes(orders[0]!.allocation_id)) ?? '';
  t.same(
    orders.filter(({ allocation_id: id }) => !first.includes(id)),
    [],
  );
});

void t.test('the desired list is followed: what is missing starts, what is surplus stops', async (t) => {
  const { peer } = await startPair(t, { heartbeatSeconds: 0.2 });
  const [first, second] = [order({ command: 'sleep 1000' }), order({ command: 'sleep 1000' })];
  peer.want(first);
  await peer.reported(first.allocation_id, 'running');
  peer.want(second);
  peer.unwant(first.allocation_id);
  await peer.reported(second.allocation_id, 'running');
  t.match(await peer.reported(first.allocation_id, 'stopped'), { message: 'no longer wanted by the server' });
  const fetched = peer.fetched;
  const heard = peer.heartbeats.length;
  await until(() => peer.heartbeats.length > heard + 3);
  t.equal(peer.fetched, fetched, 'where the digests agree nothing is fetched');
  t.notOk(
    Object.hasOwn(peer.heartbeats.at(-1)?.allocations ?? {}, first.allocation_id),
    'what the server knows to have ended is not said for ever',
  );
});

void t.test('an order that the desired list does not have yet is not taken for surplus', async (t) => {
  const { peer, agent } = await startPair(t, { heartbeatSeconds: 0.1 });
  const subject = order({ command: 'sleep 0.8' });
  peer.want(order({ command: 'true' }));
  await call('POST', `${agent.url}/allocations`, subject);
  await peer.reported(subject.allocation_id, 'complete');
});

void t.test('a server that forgot the node, or began another epoch, is registered with again', async (t) => {
  const { peer } = await startPair(t, { heartbeatSeconds: 0.2 });
  const subject = order({ command: 'sleep 1000' });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'running');
  peer.epoch += 1;
  await until(() => peer.registrations.length === 2);
  peer.refuse = 400;
  await until(() => peer.refused >= 2);
  peer.refuse = undefined;
  await until(() => peer.registrations.length >= 3);
  const heard = peer.heartbeats.length;
  await until(() => peer.heartbeats.length > heard);
  t.same(peer.history.get(subject.allocation_id), ['running'], 'its tasks did not notice');
});

void t.test('while the server is away tasks run on, and their end is reported when it is back', async (t) => {
  const { peer, agent } = await startPair(t, { heartbeatSeconds: 0.5 });
  const subject = order({ command: 'sleep 0.3; exit 6' });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'running');
  await peer.close();
  await until(
    async () =>
      (await call<{ status: string }>('GET', `${agent.url}/allocations/${subject.allocation_id}`)).body
        .status === 'failed',
  );
  await peer.listen();
  t.match(await peer.reported(subject.allocation_id, 'failed'), { tasks: { main: { exit_code: 6 } } });
  t.equal(peer.registrations.length, 1);
});

void t.test(
  'an end that the server did not accept is reported again after the back-off, however rare heartbeats are',
  async (t) => {
    const { peer, agent, dataDir } = await startPair(t, { heartbeatSeconds: 3600 });
    const subject = order({ command: `while [ ! -e ${dataDir}/go ]; do sleep 0.05; done; exit 6` });
    peer.want(subject);
    await call('POST', `${agent.url}/allocations`, subject);
    await peer.reported(subject.allocation_id, 'running');
    peer.refuse = 503;
    await writeFile(path.join(dataDir, 'go'), '');
    await until(
      () => peer.refused >= 3,
      () => 'it is not tried again',
    );
    t.equal(peer.reports.get(subject.allocation_id)?.status, 'running');
    peer.refuse = undefined;
    t.match(await peer.reported(subject.allocation_id, 'failed'), { tasks: { main: { exit_code: 6 } } });
  },
);

void t.test('delays grow to their limit, with jitter in the upper half', async (t) => {
  const backOff = new BackOff(100, 1000, () => 0);
  t.same(
    Array.from({ length: 6 }, () => backOff.next()),
    [50, 100, 200, 400, 500, 500],
  );
  backOff.reset();
  t.equal(backOff.next(), 50);
  t.ok(new BackOff(100, 1000, () => 0.999).next() < 100);
});
