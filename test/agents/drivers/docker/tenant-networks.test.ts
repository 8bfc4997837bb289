import t from 'tap';
import { networkName, TenantNetworks } from '#agents/drivers/docker/tenant-networks.js';
import { OwnWork } from '#agents/drivers/own-work.js';
import { dockerdMissing, startDockerd } from '../../../fixtures/dockerd.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { order, spawnAgent } from '../../support/agent.js';
import { PeerServer, until } from '../../support/peer-server.js';

const skip = dockerdMissing() ?? false;
t.setTimeout(300_000 * PATIENCE);

void t.test('puts the containers of a tenant on a network of their own', { skip }, async (t) => {
  const daemon = await startDockerd({ addressPool: 'base=10.202.0.0/20,size=24' });
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox');
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const agent = await spawnAgent(t, {
    dataDir: ownFolder(t),
    serverUrl: peer.url,
    dockerSocket: daemon.socketPath,
  });
  const of = (owner?: string) => ({
    ...order({ image: 'busybox', command: 'sleep 600', kill_timeout: 0 }),
    ...(owner !== undefined && { network_owner: owner }),
  });
  const [first, second, other, operators] = [of('one'), of('one'), of('two'), of()];
  peer.want(first, second, other, operators);
  for (const { allocation_id: id } of [first, second, other, operators]) await peer.reported(id, 'running');
  const networksOf = async (id: string): Promise<string[]> =>
    Object.keys((await daemon.docker.getContainer(`muster-${id}-main`).inspect()).NetworkSettings.Networks);

  t.same(await networksOf(first.allocation_id), [networkName(agent.nodeId, 'one')]);
  t.same(
    await networksOf(second.allocation_id),
    [networkName(agent.nodeId, 'one')],
    'a tenant’s containers share a network',
  );
  t.same(await networksOf(other.allocation_id), [networkName(agent.nodeId, 'two')]);
  t.same(await networksOf(operators.allocation_id), ['bridge']);

  const networks = new TenantNetworks(daemon.docker, new OwnWork(agent.nodeId));
  const names = async (): Promise<string[]> =>
    (await daemon.docker.listNetworks()).map(({ Name }) => Name).filter((name) => name.startsWith('muster-'));
  await networks.removeUnused();
  t.equal((await names()).length, 2, 'networks with containers are not removed');
  peer.unwant(other.allocation_id);
  await peer.reported(other.allocation_id, 'stopped');
  await until(async () => {
    await networks.removeUnused();
    return (await names()).length === 1;
  });
  t.same(await names(), [networkName(agent.nodeId, 'one')], 'a network without containers is removed');
  await networks.on('three', async (network) => {
    await networks.removeUnused();
    t.ok((await names()).includes(network ?? ''), 'a network that a start needs is not removed');
  });
  await daemon.docker.createNetwork({ Name: networkName(agent.nodeId, 'four') });
  await t.rejects(
    networks.on('four', async () => undefined),
    /was not created by this node/,
  );
});

void t.test('keeps packets of other tenants from unpublished ports', { skip }, async (t) => {
  const daemon = await startDockerd({ ownNetwork: true, addressPool: 'base=10.203.0.0/20,size=24' });
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox');
  const networks = new TenantNetworks(daemon.docker, new OwnWork('node'));
  const started = async (network: string | undefined, words: readonly string[]) => {
    const container = await daemon.docker.createContainer({
      Image: 'busybox',
      Cmd: [...words],
      HostConfig: { NetworkMode: network ?? 'bridge' },
    });
    await container.start();
    return container;
  };
  const server = await networks.on('one', (network) =>
    started(network, ['nc', '-ll', '-p', '7000', '-e', 'echo', 'hello']),
  );
  const { NetworkSettings } = await server.inspect();
  const address = NetworkSettings.Networks[networkName('node', 'one')]?.IPAddress;
  t.match(address, /^10\.203\./);
  /** Whether a container of the tenant, or of the operator, gets an answer. */
  const reaches = async (owner: string | undefined): Promise<boolean> => {
    const client = await networks.on(owner, (network) =>
      started(network, ['sh', '-c', `nc -w 3 ${address} 7000 < /dev/null | grep hello`]),
    );
    const { StatusCode } = (await client.wait()) as { StatusCode: number };
    return StatusCode === 0;
  };
  await until(() => reaches('one'));
  t.notOk(await reaches('two'), 'a container of another tenant');
  t.notOk(await reaches(undefined), 'a container of the operator');
});

void t.test('removes unused networks, and reports when no address range is left', { skip }, async (t) => {
  const daemon = await startDockerd({ bridge: false, addressPool: 'base=10.201.0.0/22,size=24' });
  t.teardown(() => daemon.stop());
  const networks = new TenantNetworks(daemon.docker, new OwnWork('node'));
  for (let tenant = 0; tenant < 9; tenant += 1) await networks.on(`tenant ${tenant}`, async () => undefined);
  const hold = async (tenant: number): Promise<void> =>
    await networks.on(`tenant ${tenant}`, async () => await (tenant > 9 ? undefined : hold(tenant + 1)));
  await t.rejects(
    hold(0),
    /no address range left for the network of an additional tenant.*default-address-pools/,
  );
});

void t.test('agents of two logs with one node id have networks of their own', { skip }, async (t) => {
  const daemon = await startDockerd({ addressPool: 'base=10.204.0.0/20,size=24' });
  t.teardown(() => daemon.stop());
  const of = (id?: string): TenantNetworks =>
    new TenantNetworks(daemon.docker, new OwnWork('node', { id, known: Promise.resolve() }));
  const [older, one, other] = [of(), of('1'.repeat(32)), of('2'.repeat(32))];
  const nameFor = (networks: TenantNetworks): Promise<string | undefined> =>
    networks.on('tenant', async (name) => await Promise.resolve(name));
  const names = [await nameFor(one), await nameFor(other)];
  t.equal(new Set(names).size, 2);
  await one.removeUnused();
  t.same(
    (await daemon.docker.listNetworks()).map(({ Name }) => Name).filter((name) => names.includes(name)),
    [names[1]],
    'each removes only its own',
  );
  const former = await nameFor(older);
  t.equal(await nameFor(one), former, 'a network from before the agent knew its log stays in use');
});
