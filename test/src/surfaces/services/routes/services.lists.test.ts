import t from 'tap';
import { deploymentJobOf, SERVICE_GROUP } from '#domain/services/service/index.js';
import { group, place, placed, specification, started, submitted } from '../../../../projections/events.js';
import { completed, CONFIG, servicesScene } from './scene.js';

interface Line {
  readonly id: string;
  readonly status: string;
}

void t.test(
  'creates no more of 300 concurrent services than the quota allows, and one per type',
  async (t) => {
    const { as } = await servicesScene(t, { MUSTER_MAX_SERVICES_PER_TENANT: '20' });
    const said = await Promise.all(
      Array.from(
        { length: 300 },
        async (_, n) =>
          (await as('ann', 'POST', '/services', { name: 'x', type: `t${n % 30}`, config: CONFIG })).status,
      ),
    );
    t.equal(said.filter((status) => status === 201).length, 20);
    t.same(new Set(said), new Set([201, 400]));
    const { services, total } = (await as('ann', 'GET', '/services')).json() as {
      services: { type: string }[];
      total: number;
    };
    t.equal(total, 20);
    t.equal(new Set(services.map(({ type }) => type)).size, 20);
  },
);

void t.test('frees the type and the quota of a deleted service', async (t) => {
  const { as, service } = await servicesScene(t, { MUSTER_MAX_SERVICES_PER_TENANT: '1' });
  const id = await service('web');
  t.equal((await as('ann', 'DELETE', `/services/${id}`)).status, 200);
  await service('web');
});

void t.test('pages and filters a list', async (t) => {
  const { api, as, service, told } = await servicesScene(t);
  const ids = [await service('a'), await service('b'), await service('c')];
  const page = async (query: string) =>
    (await as('ann', 'GET', `/services${query}`)).json() as { services: Line[]; total: number };
  const first = await page('?limit=2');
  t.same([first.services.map(({ id }) => id), first.total], [ids.slice(0, 2), 3]);
  const second = await page(`?limit=2&after=${ids[1]}`);
  t.same([second.services.map(({ id }) => id), second.total], [ids.slice(2), 3]);
  await as('ann', 'POST', `/services/${ids[1]}/start`);
  await told(ids[1] ?? '', completed(1));
  const none = {
    status: 'deploying',
    reason: { code: 'starting', message: '0 of 1 instance is running. It has not been placed yet.' },
  };
  t.match(await page('?status=deploying'), { services: [{ id: ids[1], ...none }], total: 1 });
  t.match((await as('ann', 'GET', `/services/${ids[1]}`)).json(), none);
  const job = deploymentJobOf(ids[1] ?? '', 1);
  const instance = place('a1', job, 0, SERVICE_GROUP);
  await api.happened(
    submitted(job, specification(group(SERVICE_GROUP))),
    placed(instance),
    started(instance),
  );
  t.same(
    (await page('?status=running')).services.map(({ id, status }) => [id, status]),
    [[ids[1], 'running']],
  );
});

void t.test('shows and restores versions', async (t) => {
  const { as, service, told } = await servicesScene(t);
  const id = await service('web');
  await as('ann', 'POST', `/services/${id}/start`);
  await told(id, completed(1));
  await as('ann', 'PUT', `/services/${id}`, {
    config: { ...CONFIG, image: 'web:2', environment: { COLOUR: 'blue' } },
  });
  await told(id, completed(2));
  t.same((await as('ann', 'POST', `/services/${id}/rollback`, { version: 1 })).json(), {
    message: 'Service rolled back to version 1 (new version: 3)',
  });
  const { versions } = (await as('bob', 'GET', `/services/${id}/versions`)).json() as { versions: object[] };
  t.match(versions, [
    { version: 3, because: 'rolled_back', from: 1 },
    {
      version: 2,
      because: 'updated',
      from: null,
      changes: [
        { path: 'environment.COLOUR', before: '***', after: '***' },
        { path: 'image', before: 'web:1', after: 'web:2' },
      ],
    },
    { version: 1, because: 'created', changes: [] },
  ]);
  t.match((await as('bob', 'GET', `/services/${id}/deployments`)).json(), {
    deployments: [
      { number: 3, version: 3, status: 'pending', because: 'rolled_back' },
      { number: 2, status: 'completed' },
      { number: 1, status: 'completed', because: 'started' },
    ],
  });
  t.same((await as('ann', 'POST', `/services/${id}/rollback`, { version: 9 })).json(), {
    error: 'the service has no version 9',
  });
});
