import t, { type Test } from 'tap';
import { randomUUID } from 'node:crypto';
import { volumes as volumeStreams } from '#domain/volumes/index.js';
import { sagaContext } from '#src/accounts/saga-context.js';
import { Volumes } from '#src/surfaces/services/volumes.js';
import { noAgents } from '../../../http/support/test-api.js';
import { servicesScene, type Person, type ServicesScene } from './scene.js';
import { dropped, nodeDown, nodeUp, placedOn, STORING, volumeOf, volumesSettled } from './volume-scene.js';

type Answer = readonly [number, string];

async function scene(t: Test) {
  const services = await servicesScene(t);
  const { api, as, service } = services;
  await api.happened(nodeUp);
  const id = await service('database', STORING);
  await volumesSettled(api);
  await api.happened(placedOn(id));
  const volume = volumeOf(id);
  const refused = async (said: ReturnType<ServicesScene['as']>): Promise<Answer> => {
    const { status, body } = await said;
    return [status, (JSON.parse(body) as { error: string }).error];
  };
  const attaching = async (who: Person, type: string, from = volume, more: object = {}) =>
    await as(who, 'POST', '/services', {
      name: type,
      type,
      config: { ...STORING, volumes: [{ name: 'old', path: '/old', from }], ...more },
    });
  return { ...services, id, volume, refused, attaching };
}

void t.test('shows a volume to its tenant after its first placement', async (t) => {
  const { as, service, volume, id, refused, api } = await scene(t);
  await service('web', STORING);
  await volumesSettled(api);
  const shown = {
    id: volume,
    name: 'data',
    status: 'used',
    service_id: id,
    service_name: 'my database',
    node_id: 'n1',
    waits_for: null,
    created_at: /^\d{4}-/,
    created_by: String,
  };
  for (const who of ['ann', 'bob', 'tia'] as const) {
    t.match((await as(who, 'GET', '/volumes')).json(), { volumes: [shown], total: 1 });
    t.match((await as(who, 'GET', `/volumes/${volume}`)).json(), shown);
  }
  t.match((await as('root', 'GET', `/volumes/${volume}`)).json(), shown);
  t.same((await as('root', 'GET', '/volumes')).json(), { volumes: [], total: 0 });
  t.same((await as('eve', 'GET', '/volumes')).json(), { volumes: [], total: 0 });
  t.same((await as('ann', 'GET', '/volumes?status=kept')).json(), { volumes: [], total: 0 });
  t.equal((await as('ann', 'GET', '/volumes?status=lost')).status, 400);
  for (const method of ['GET', 'DELETE']) {
    t.same(await refused(as('eve', method, `/volumes/${volume}`)), [404, 'Volume not found']);
    t.same(await refused(as('ann', method, `/volumes/${volume}x`)), [404, 'Volume not found']);
    t.same(await refused(as('ann', method, '/volumes/-x')), [400, 'Invalid volume ID']);
    t.same(
      await refused(as('ann', method, `/volumes/${volume}`, undefined, { authorization: 'Bearer wrong' })),
      [401, 'Invalid or missing token'],
    );
  }
});

void t.test('continues the list after the last volume of a page', async (t) => {
  const { as, service, api, volume } = await scene(t);
  const second = await service('web', STORING);
  await volumesSettled(api);
  await api.happened(placedOn(second));
  t.match((await as('ann', 'GET', '/volumes?limit=1')).json(), { volumes: [{ id: volume }], total: 2 });
  t.match((await as('ann', 'GET', `/volumes?limit=1&after=${volume}`)).json(), {
    volumes: [{ id: volumeOf(second) }],
    total: 2,
  });
});

void t.test('deletes only unused volumes, and only for accounts that may change them', async (t) => {
  const { as, id, volume, refused, api } = await scene(t);
  t.same(await refused(as('ann', 'DELETE', `/volumes/${volume}`)), [
    409,
    `Volume ${volume} is used by the service my database`,
  ]);
  await as('ann', 'DELETE', `/services/${id}`);
  t.match((await as('ann', 'GET', `/volumes/${volume}`)).json(), { status: 'kept', service_id: id });
  t.same(await refused(as('bob', 'DELETE', `/volumes/${volume}`)), [403, 'Insufficient permissions']);
  t.same((await as('ann', 'DELETE', `/volumes/${volume}`)).json(), { message: 'Volume is being deleted' });
  t.match((await as('ann', 'GET', '/volumes')).json(), {
    volumes: [{ status: 'deleting', waits_for: 'its containers to stop' }],
    total: 1,
  });
  t.same(
    (await as('ann', 'DELETE', `/volumes/${volume}`)).json(),
    { message: 'Volume is being deleted' },
    'a repeated deletion is accepted',
  );
  t.same(await volumesSettled(api), [], 'no agent is called while a container uses the volume');
  await api.happened(dropped(volume));
  t.match((await as('ann', 'GET', `/volumes/${volume}`)).json(), { waits_for: 'node n1' });
  t.same(await volumesSettled(api), [`n1 ${volume}`]);
  t.same(await refused(as('ann', 'GET', `/volumes/${volume}`)), [404, 'Volume not found']);
});

void t.test('deletes a volume while its deleted service releases it', async (t) => {
  const { as, api, id, volume } = await scene(t);
  const volumes: Volumes = new Volumes({
    load: api.executor.load.bind(api.executor),
    async execute(aggregate, name, command, context) {
      try {
        return await api.executor.execute(aggregate, name, command, context);
      } catch (error) {
        // The saga of the service's deletion has finished by now.
        await api.executor.execute(
          volumeStreams,
          volume,
          { kind: 'leave', name: volume, serviceId: id, erase: false },
          context,
        );
        throw error;
      }
    },
  });
  await as('ann', 'DELETE', `/services/${id}`);
  const position = await volumes.delete(volume, sagaContext('test', { uuid: randomUUID }));
  await api.models.waitFor(position ?? 0n, 10_000);
  t.match((await as('ann', 'GET', `/volumes/${volume}`)).json(), { status: 'deleting' });
});

void t.test('deletes a service with or without its volumes', async (t) => {
  const { as, id, volume, api, service } = await scene(t);
  const other = await service('web', STORING);
  await volumesSettled(api);
  await api.happened(placedOn(other));
  t.equal((await as('ann', 'DELETE', `/services/${id}?volumes=maybe`)).status, 400);
  await as('ann', 'DELETE', `/services/${id}?volumes=true`);
  await as('ann', 'DELETE', `/services/${other}?volumes=false`);
  t.match(
    (await as('ann', 'GET', '/volumes')).json(),
    { volumes: [{ id: volume, status: 'deleting' }, { status: 'kept' }] },
    'the states are shown before the work loop runs',
  );
  await volumesSettled(api);
  await api.happened(dropped(volume));
  t.same(await volumesSettled(api), [`n1 ${volume}`]);
  t.match((await as('ann', 'GET', '/volumes')).json(), {
    volumes: [{ id: volumeOf(other), status: 'kept' }],
    total: 1,
  });
});

void t.test('deletes the document of a volume that was never placed', async (t) => {
  const { as, service, api } = await scene(t);
  const id = await service('web', STORING);
  await as('ann', 'DELETE', `/services/${id}`);
  await volumesSettled(api);
  await api.happened({ type: 'VolumeDropped', data: { name: volumeOf(id), node: null } });
  t.same(await volumesSettled(api), []);
  t.equal(await api.models.get('volumes', volumeOf(id)), undefined);
});

void t.test('attaches a kept volume to only one new service', async (t) => {
  const { as, id, volume, attaching, refused, api } = await scene(t);
  t.same(await refused(attaching('ann', 'next')), [
    409,
    `Volume ${volume} is used by the service my database`,
  ]);
  await as('ann', 'DELETE', `/services/${id}`);
  t.same(await refused(attaching('eve', 'next')), [
    400,
    `Invalid input data: config.volumes: there is no volume ${volume}`,
  ]);
  t.same(await refused(attaching('ann', 'next', `${volume}x`)), [
    400,
    `Invalid input data: config.volumes: there is no volume ${volume}x`,
  ]);
  t.same(await refused(attaching('bob', 'next')), [403, 'Insufficient permissions']);
  const answers = await Promise.all([attaching('ann', 'next'), attaching('tia', 'third')]);
  t.same(
    answers.map(({ status }) => status).sort(),
    [201, 409],
    'only one of two concurrent requests gets the volume',
  );
  const next = answers.find(({ status }) => status === 201)?.json() as unknown as {
    id: string;
    config: object;
  };
  t.match(next.config, { volumes: [{ name: 'old', path: '/old', from: volume }] });
  t.match((await as('ann', 'GET', '/volumes')).json(), {
    volumes: [{ id: volume, status: 'used', service_id: next.id }],
    total: 1,
  });
  t.equal(
    (await as('ann', 'GET', '/services').then((said) => said.json() as { total: number })).total,
    1,
    'the refused request created no service',
  );
  await volumesSettled(api);
  t.match((await as('ann', 'GET', `/volumes/${volume}`)).json(), { status: 'used' });
  await as('tia', 'DELETE', `/services/${next.id}`);
  t.match((await as('ann', 'GET', `/volumes/${volume}`)).json(), { status: 'kept', service_id: next.id });
});

void t.test('refuses to attach a volume that is being deleted', async (t) => {
  const { as, id, volume, attaching, refused } = await scene(t);
  await as('ann', 'DELETE', `/services/${id}?volumes=true`);
  t.same(
    await refused(attaching('ann', 'next')),
    [409, `Volume ${volume} is being deleted`],
    'the volume is refused before the work loop runs',
  );
});

void t.test("mounts a kept volume at the path of the template's volume", async (t) => {
  const { as, id, volume, api, refused } = await scene(t);
  await as('ann', 'DELETE', `/services/${id}`);
  const config = { nomad_job_file: 'redis.nomad', volumes: [{ name: 'data', from: volume }] };
  const said = await as('ann', 'POST', '/services', { name: 'cache', type: 'cache', config });
  t.equal(said.status, 201, said.body);
  const configured = (await api.events()).filter(({ type }) => type === 'ServiceConfigured').at(-1);
  t.match(Buffer.from(configured?.data ?? '').toString(), `"volumes":[{"name":"${volume}","path":"/data"}]`);
  const pathless = { ...STORING, volumes: [{ name: 'data' }] };
  t.same(await refused(as('ann', 'POST', '/services', { name: 'x', type: 'x', config: pathless })), [
    400,
    'Invalid input data: config.volumes[0].path: is required: no template defines a path for a volume data',
  ]);
});

void t.test('attaches a kept volume to an existing service', async (t) => {
  const { as, id, volume, service, api } = await scene(t);
  await as('ann', 'DELETE', `/services/${id}`);
  const next = await service('web');
  const config = { ...STORING, volumes: [{ name: 'old', path: '/old', from: volume }] };
  t.equal((await as('ann', 'PUT', `/services/${next}`, { config })).status, 200);
  t.equal(
    (await as('ann', 'PUT', `/services/${next}`, { config: { ...config, image: 'web:2' } })).status,
    200,
  );
  await volumesSettled(api);
  t.match((await as('ann', 'GET', `/volumes/${volume}`)).json(), {
    status: 'used',
    service_id: next,
    service_name: 'my web',
  });
});

void t.test('binds a volume to another registered node, for administrators', async (t) => {
  const { as, id, volume, refused, api } = await scene(t);
  await api.happened({ ...nodeUp, data: { ...nodeUp.data, nodeId: 'n2' } } as typeof nodeUp);
  const rebind = async (who: Person, node_id: string) =>
    await as(who, 'POST', `/volumes/${volume}/rebind`, { node_id });
  t.equal((await rebind('ann', 'n2')).status, 403);
  t.equal((await rebind('tia', 'n2')).status, 403);
  t.match(await refused(rebind('root', 'n3')), [400, /node_id.*is not a registered node/]);
  await as('ann', 'POST', `/services/${id}/start`);
  t.match(await refused(rebind('root', 'n2')), [409, /is on node n1, which is up/]);
  await as('ann', 'POST', `/services/${id}/stop`);
  t.equal((await rebind('root', 'n2')).status, 200);
  t.match((await as('ann', 'GET', `/volumes/${volume}`)).json(), { node_id: 'n2' });
  t.equal((await api.events()).filter(({ type }) => type === 'VolumeRebound').length, 1);
});

void t.test('an administrator lists volumes on nodes that the log does not know', async (t) => {
  const told: { volumes?: object[] } = {};
  const usage = async () => ({ kind: 'found', usage: told }) as never;
  const { api, as, service } = await servicesScene(t, {}, { agentChannel: { ...noAgents, usage } });
  await api.happened(nodeUp);
  const id = await service('database', STORING);
  await volumesSettled(api);
  await api.happened(placedOn(id));
  const unknown = async () => (await as('root', 'GET', '/unknown-volumes')).json();
  t.same(await unknown(), { volumes: [], unreachable: ['n1'] }, 'an older agent lists none');
  told.volumes = [
    { name: volumeOf(id), node_id: 'n1' },
    { name: volumeOf(id), node_id: 'former' },
    { name: 'service.lost.data', node_id: 'n1' },
  ];
  t.same(await unknown(), {
    volumes: [
      { id: volumeOf(id), node_id: 'n1', made_by: 'former', why: 'other_node_id' },
      { id: 'service.lost.data', node_id: 'n1', made_by: 'n1', why: 'not_recorded' },
    ],
    unreachable: [],
  });
  t.equal((await as('ann', 'GET', '/unknown-volumes')).status, 403);
  const waiting = await service('waiting', STORING);
  told.volumes = [{ name: volumeOf(waiting), node_id: 'n1' }];
  t.match(await unknown(), { volumes: [{ id: volumeOf(waiting), why: 'not_placed' }] });
});

void t.test('no node reports as unknown the volumes of another agent on its daemon', async (t) => {
  const n2 = { ...nodeUp.data, nodeId: 'n2' };
  const lost = 'service.lost.data';
  let id = '';
  const volumes = () => [
    { name: volumeOf(id), node_id: 'n1' },
    { name: lost, node_id: 'n1' },
  ];
  const usage = async () => ({ kind: 'found', usage: { volumes: volumes() } }) as never;
  const { api, as, service } = await servicesScene(t, {}, { agentChannel: { ...noAgents, usage } });
  for (const data of [nodeUp.data, n2]) await api.happened({ ...nodeUp, data } as typeof nodeUp);
  id = await service('database', STORING);
  await volumesSettled(api);
  await api.happened(placedOn(id));
  const unknown = async () => (await as('root', 'GET', '/unknown-volumes')).json();
  const ofLost = ['n1', 'n2'].map((node_id) => ({ id: lost, node_id, made_by: 'n1', why: 'not_recorded' }));
  t.same(await unknown(), { volumes: ofLost, unreachable: [] });
  await api.happened(nodeDown);
  const unused = { id: volumeOf(id), node_id: 'n2', made_by: 'n1', why: 'other_node_id' };
  t.same(await unknown(), { volumes: [unused, ofLost[1]], unreachable: [] });
});
