import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { BackOff } from '#agents/platform/back-off.js';
import { DRIVERS_HERE } from '../fixtures/drivers.js';
import { ownFolder } from '../fixtures/folder.js';
import { freePort } from '../fixtures/free-port.js';
import { call, order, startAgent, startPair } from './support/agent.js';
import { PeerServer, until } from './support/peer-server.js';

void t.test('registers with its state, and repeats it in heartbeats', async (t) => {
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
  t.notOk(Object.hasOwn(registration?.attributes ?? {}, 'driver.docker'), 'a missing driver is not reported');
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

void t.test('reports a change at once, and combines several changes in one heartbeat', async (t) => {
  const { peer, agent } = await startPair(t, { heartbeatSeconds: 3600, requestTimeoutMs: 240_000 });
  await until(() => peer.heartbeats.length === 1);
  const orders = Array.from({ length: 8 }, () => order({ command: 'sleep 1000', kill_timeout: 0 }));
  peer.want(...orders);
  // Starts on a slow machine may be further apart than two heartbeats, so the first response waits until all of them are running.
  let release: () => void = () => undefined;
  peer.hold = new Promise((resolve) => (release = resolve));
  await Promise.all(orders.map((each) => call('POST', `${agent.url}/allocations`, each)));
  const status = async (id: string): Promise<string> =>
    (await call<{ status: string }>('GET', `${agent.url}/allocations/${id}`)).body.status;
  for (const each of orders) await until(async () => (await status(each.allocation_id)) === 'running');
  peer.hold = undefined;
  release();
  for (const each of orders) await peer.reported(each.allocation_id, 'running');
  t.ok(peer.heartbeats.length <= 7, `${peer.heartbeats.length} heartbeats for 8 starts`);
  // If the response to a heartbeat arrives between two of these orders, the agent requests the remaining ones.
  const fetched = peer.fetched;
  const another = order({ command: 'sleep 1000', kill_timeout: 0 });
  peer.want(another);
  await call('POST', `${agent.url}/allocations`, another);
  await peer.reported(another.allocation_id, 'running');
  t.equal(peer.fetched, fetched, 'the agent does not fetch the list for an order that it received');
});

void t.test('writes all new orders of a list to the journal with a single sync', async (t) => {
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

void t.test(
  'starts missing allocations of the desired list, and stops allocations that are not in it',
  async (t) => {
    const { peer } = await startPair(t, { heartbeatSeconds: 0.2 });
    const [first, second] = [order({ command: 'sleep 1000' }), order({ command: 'sleep 1000' })];
    peer.want(first);
    await peer.reported(first.allocation_id, 'running');
    peer.want(second);
    peer.unwant(first.allocation_id);
    await peer.reported(second.allocation_id, 'running');
    t.match(await peer.reported(first.allocation_id, 'stopped'), {
      message: 'no longer required by the server',
    });
    const fetched = peer.fetched;
    const heard = peer.heartbeats.length;
    await until(() => peer.heartbeats.length > heard + 3);
    t.equal(peer.fetched, fetched, 'nothing is fetched while the digests agree');
    t.notOk(
      Object.hasOwn(peer.heartbeats.at(-1)?.allocations ?? {}, first.allocation_id),
      'an acknowledged end is not reported forever',
    );
  },
);

void t.test('does not stop an allocation whose order is newer than the list', async (t) => {
  const { peer, agent } = await startPair(t, { heartbeatSeconds: 0.1 });
  const subject = order({ command: 'sleep 0.8' });
  peer.want(order({ command: 'true' }));
  await call('POST', `${agent.url}/allocations`, subject);
  await peer.reported(subject.allocation_id, 'complete');
});

void t.test('registers again with a server that has forgotten it or started another epoch', async (t) => {
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
  t.same(peer.history.get(subject.allocation_id), ['running'], 'the task was not interrupted');
});

void t.test(
  'registers again with a server of another log, and still ends its work of the former one',
  async (t) => {
    const [former, next] = ['1'.repeat(32), '2'.repeat(32)];
    const dataDir = ownFolder(t);
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    peer.log = former;
    await startAgent(t, { dataDir, serverUrl: peer.url, heartbeatSeconds: 0.2 });
    const file = path.join(dataDir, 'agent', 'log-id');
    await until(() => peer.heartbeats.length > 0);
    t.equal(await readFile(file, 'utf8'), former);
    const subject = order({ command: 'echo $MUSTER_LOG_ID; sleep 1000' });
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'running');
    peer.log = next;
    await until(async () => (await readFile(file, 'utf8')) === next);
    t.ok(peer.registrations.length >= 2);
    t.equal(peer.history.get(subject.allocation_id)?.at(-1), 'running', 'the task was not interrupted');
    peer.unwant(subject.allocation_id);
    await peer.reported(subject.allocation_id, 'stopped');
  },
);

void t.test('reports allocations that ended while the server was unavailable', async (t) => {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start(await freePort());
  t.teardown(() => peer.close());
  const agent = await startAgent(t, { dataDir, serverUrl: peer.url, heartbeatSeconds: 0.5 });
  const subject = order({ command: `while [ ! -e ${dataDir}/go ]; do sleep 0.05; done; exit 6` });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'running');
  await peer.close();
  await writeFile(path.join(dataDir, 'go'), '');
  await until(
    async () =>
      (await call<{ status: string }>('GET', `${agent.url}/allocations/${subject.allocation_id}`)).body
        .status === 'failed',
  );
  await peer.listen();
  t.match(await peer.reported(subject.allocation_id, 'failed'), { tasks: { main: { exit_code: 6 } } });
  t.equal(peer.registrations.length, 1);
});

void t.test('sends a report of an end that the server refused again, with a back-off', async (t) => {
  const { peer, agent, dataDir } = await startPair(t, { heartbeatSeconds: 3600 });
  const subject = order({ command: `while [ ! -e ${dataDir}/go ]; do sleep 0.05; done; exit 6` });
  peer.want(subject);
  await call('POST', `${agent.url}/allocations`, subject);
  await peer.reported(subject.allocation_id, 'running');
  peer.refuse = 503;
  await writeFile(path.join(dataDir, 'go'), '');
  await until(
    () => peer.refused >= 3,
    () => 'the report is not retried',
  );
  t.equal(peer.reports.get(subject.allocation_id)?.status, 'running');
  peer.refuse = undefined;
  t.match(await peer.reported(subject.allocation_id, 'failed'), { tasks: { main: { exit_code: 6 } } });
});

void t.test('delays double up to the maximum, with jitter in the upper half', async (t) => {
  const backOff = new BackOff(100, 1000, () => 0);
  t.same(
    Array.from({ length: 6 }, () => backOff.next()),
    [50, 100, 200, 400, 500, 500],
  );
  backOff.reset();
  t.equal(backOff.next(), 50);
  t.ok(new BackOff(100, 1000, () => 0.999).next() < 100);
});
