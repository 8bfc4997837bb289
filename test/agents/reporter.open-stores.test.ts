import t from 'tap';
import { isRefusedStart } from '#domain/protocol/index.js';
import { dockerdMissing, startDockerd } from '../fixtures/dockerd.js';
import { PATIENCE } from '../fixtures/eventually.js';
import { canBeOthers } from '../fixtures/other-user.js';
import { ownFolder } from '../fixtures/folder.js';
import { required } from '../fixtures/requirement.js';
import { servedStore } from '../fixtures/wire-server.js';
import { order, startAgent } from './support/agent.js';
import { PeerServer, until } from './support/peer-server.js';

t.setTimeout(60_000 * PATIENCE);

const refused = { 'exec.tenants': 'refused', 'exec.tenants_refused_for': 'open_store' };

void t.test('checks for open stores before it registers', async (t) => {
  if (!required(t, canBeOthers(), 'root, setpriv')) return;
  const { server } = await servedStore(t, { localAccess: 'open' });
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  peer.tellsPartsFirst = true;
  peer.ownParts = `esdb://127.0.0.1:${new URL(server.url.replace('esdb:', 'http:')).port}`;
  await startAgent(t, { dataDir: ownFolder(t), serverUrl: peer.url, tenantsShareTmp: true });
  await until(() => peer.heartbeats.length > 0);
  t.equal(peer.registrations.length, 1, 'the agent registers once');
  t.match(peer.registrations[0]?.attributes, refused);
  t.equal(peer.asked, 1);

  const process = { ...order({ command: 'sleep 600' }), allocation_id: 'refused' };
  const [task] = process.task_group.tasks;
  peer.want({
    ...process,
    task_group: {
      ...process.task_group,
      tasks: [{ ...task!, driver: 'exec', config: { command: 'true', tenant: 'one' } }],
    },
  });
  const { message = null } = await peer.reported('refused', 'lost');
  t.ok(isRefusedStart(message), message ?? '');

  peer.ownParts = 'esdb://127.0.0.1:1';
  peer.epoch += 1;
  await until(() => peer.registrations.length === 2);
  t.match(
    peer.registrations[1]?.attributes,
    { 'exec.tenants': 'accepted' },
    'the agent checks before each registration',
  );
});

void t.test(
  'starts no tenant container that could reach an open store, and reports the refusal',
  { skip: dockerdMissing() ?? false },
  async (t) => {
    const daemon = await startDockerd();
    t.teardown(() => daemon.stop());
    await daemon.importImage('busybox');
    const { server } = await servedStore(t, { localAccess: 'open', host: '0.0.0.0' });
    const { port } = new URL(server.url.replace('esdb:', 'http:'));
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    peer.tellsPartsFirst = true;
    peer.ownParts = `esdb://127.0.0.1:${port}`;
    const agent = await startAgent(t, {
      dataDir: ownFolder(t),
      serverUrl: peer.url,
      dockerSocket: daemon.socketPath,
    });
    const container = () => order({ image: 'busybox', command: 'sleep 600', kill_timeout: 0 });
    const [tenants, operators] = [{ ...container(), network_owner: 'one' }, container()];
    peer.want(tenants, operators);
    const { message = null, tasks } = await peer.reported(tenants.allocation_id, 'lost');
    t.match(
      message,
      /^refused by node .*reach a store or NATS server of Muster.*MUSTER_CONTAINERS_REACH_OPEN_STORES/,
    );
    t.ok(isRefusedStart(message), 'the message marks a refused start');
    t.match(tasks['main'], { start_time: null });
    await peer.reported(operators.allocation_id, 'running');
    t.match(peer.registrations[0]?.attributes, {
      'docker.tenants': 'refused',
      'docker.open_stores': new RegExp(`EventStoreDB at \\d.*:${port}`),
    });
    await agent.stop();

    peer.registrations.length = 0;
    await startAgent(t, {
      dataDir: ownFolder(t),
      serverUrl: peer.url,
      dockerSocket: daemon.socketPath,
      containersReachOpenStores: true,
    });
    await until(() => peer.registrations.length > 0);
    t.match(peer.registrations[0]?.attributes, { 'docker.tenants': 'accepted' });
  },
);

void t.test('registers again when an older server reports an open store', async (t) => {
  if (!required(t, canBeOthers(), 'root, setpriv')) return;
  const { server } = await servedStore(t, { localAccess: 'open' });
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  await startAgent(t, { dataDir: ownFolder(t), serverUrl: peer.url, tenantsShareTmp: true });
  await until(() => peer.heartbeats.length > 0);
  t.equal(peer.registrations.length, 1);
  peer.ownParts = `esdb://127.0.0.1:${new URL(server.url.replace('esdb:', 'http:')).port}`;
  peer.epoch += 1;
  await until(() => peer.registrations.length === 3);
  t.match(peer.registrations[1]?.attributes, { 'exec.tenants': 'accepted' });
  t.match(peer.registrations[2]?.attributes, refused);
});
