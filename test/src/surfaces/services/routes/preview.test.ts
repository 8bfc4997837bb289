import t from 'tap';
import { ASSIGNS_PORTS, MOUNTS_VOLUMES } from '#domain/resources.js';
import { completed, CONFIG, servicesScene, type ServicesScene } from './scene.js';

interface Preview {
  readonly action: string;
  readonly changes: readonly { readonly path: string; readonly before: string | null; readonly after: string | null }[];
  readonly job_id: string;
}

async function withNode({ api }: ServicesScene, nodeId: string, cpu = 1000): Promise<void> {
  const resources = { cpu, memory: 4096 };
  const attributes = { [ASSIGNS_PORTS]: true, [MOUNTS_VOLUMES]: true };
  await api.happened(
    { type: 'NodeRegistered', data: { nodeId, epoch: 1, ipAddress: '10.0.0.1', resources, attributes, healthy: true, endpoint: null, protocol: 'muster' } },
    { type: 'NodeCapacitySet', data: { nodeId, epoch: 1, resources, schedulable: true } },
  );
}

void t.test('A preview shows what a start or an update would do, and changes nothing', async (t) => {
  const scene = await servicesScene(t);
  const { api, as, service, told } = scene;
  await withNode(scene, 'node-1');
  await withNode(scene, 'small', 50);
  const id = await service('web');
  const end = await api.store.head();
  const stopped = await as('ann', 'POST', `/services/${id}/preview`);
  t.equal(stopped.status, 200, stopped.body);
  t.match(stopped.json(), {
    ...{ action: 'start', version: 1, compared_with: null, changes: [], job_id: `service.${id}.1`, rollout: { count: 1, first: 1, stops_first: false } },
    rendered: { tasks: [{ config: { image: 'web:1' }, env: { COLOUR: '***' } }] },
    groups: [
      {
        ...{ placed: 1, unplaced: 0, placements: [{ node_id: 'node-1' }] },
        nodes: [
          { node_id: 'node-1', verdict: 'fits' },
          { node_id: 'small', verdict: 'exhausted', reason: 'lacks cpu (short by 50)' },
        ],
      },
    ],
  });
  t.equal(await api.store.head(), end, 'nothing is written');
  await as('ann', 'POST', `/services/${id}/start`);
  await told(id, completed(1));
  t.match((await as('ann', 'POST', `/services/${id}/preview`, {})).json(), { action: 'none', version: 1, compared_with: 1, changes: [] });
  const config = { ...CONFIG, image: 'web:2', environment: { COLOUR: 'blue-as-the-sea' }, resources: { cpu: 2000 } };
  const before = await api.store.head();
  const said = await as('ann', 'POST', `/services/${id}/preview?limit=1`, { config });
  const preview = said.json() as Preview;
  t.match(preview, { action: 'update', version: 2, compared_with: 1, groups: [{ placed: 0, unplaced: 1, blocked: { exhausted: { cpu: 2 } }, nodes: [{}] }] });
  t.same(
    preview.changes.map(({ path, before: was, after }) => [path, was, after]),
    [
      ['environment.COLOUR', '***', '***'],
      ['image', 'web:1', 'web:2'],
      ['resources', null, '{"cpu":2000}'],
    ],
  );
  t.notMatch(said.body, /blue-as-the-sea|\bred\b/);
  t.equal(await api.store.head(), before);
  const real = await as('ann', 'PUT', `/services/${id}`, { config });
  t.match(real.json(), { version: 2 });
  t.match((await as('ann', 'GET', `/services/${id}/deployments`)).json(), { deployments: [{ number: 2, version: 2 }, {}] });
  t.equal(preview.job_id, `service.${id}.2`);
});

void t.test('Secrets of a template are stars wherever it puts them, and where volumes are held what runs ends first', async (t) => {
  const scene = await servicesScene(t);
  const { as, service, told } = scene;
  await withNode(scene, 'node-1');
  const id = await service('cache', { nomad_job_file: 'redis.nomad' });
  interface Shown {
    readonly variables: readonly { readonly value: string; readonly secret: boolean }[];
  }
  const secrets = ((await as('ann', 'GET', `/services/${id}`)).json() as Shown).variables.filter(({ secret }) => secret);
  t.ok(secrets.length > 0);
  await as('ann', 'POST', `/services/${id}/start`);
  await told(id, completed(1));
  const said = await as('ann', 'POST', `/services/${id}/preview`, { config: { nomad_job_file: 'redis.nomad', resources: { cpu: 300 } } });
  t.match(said.json(), { action: 'update', rollout: { stops_first: true }, rendered: { tasks: [{ resources: { cpu: 300 } }] } });
  for (const { value } of secrets) t.notOk(said.body.includes(value));
});

void t.test('Only who may change a service has a preview of it, and what an update is refused for it is refused for', async (t) => {
  const { as, service } = await servicesScene(t);
  const id = await service('web');
  for (const [who, status] of [
    ['eve', 404],
    ['bob', 403],
    ['tia', 200],
    ['root', 200],
  ] as const)
    t.equal((await as(who, 'POST', `/services/${id}/preview`)).status, status, who);
  t.equal((await as('ann', 'POST', '/services/no-uuid/preview')).status, 400);
  t.equal((await as('ann', 'POST', '/services/00000000-0000-4000-8000-000000000000/preview')).status, 404);
  for (const config of [{}, { image: 'x', health: { type: 'tcp' } }, { nomad_job_file: 'nothing.nomad' }, { image: 'x', devices: ['/dev/sda'] }]) {
    const [preview, update] = [await as('ann', 'POST', `/services/${id}/preview`, { config }), await as('ann', 'PUT', `/services/${id}`, { config })];
    t.same([preview.status, preview.body], [update.status, update.body]);
    t.equal(preview.status, 400);
  }
  t.equal((await as('ann', 'POST', `/services/${id}/preview?limit=many`)).status, 400);
});
