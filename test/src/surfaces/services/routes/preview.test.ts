import { randomUUID } from 'node:crypto';
import t from 'tap';
import { deploymentJobOf, ownerOf, services, specificationOf } from '#domain/services/service/index.js';
import { NO_QUOTAS } from '#domain/accounts/quota/index.js';
import { ASSIGNS_PORTS, MOUNTS_VOLUMES, PULLS_ONLY } from '#domain/kernel/resources.js';
import { place, started } from '../../../../projections/events.js';
import { volumeOf, volumesSettled, STORING } from './volume-scene.js';
import { completed, CONFIG, servicesScene, type ServicesScene } from './scene.js';

interface Preview {
  readonly action: string;
  readonly changes: readonly {
    readonly path: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
  readonly job_id: string;
}

async function withNode({ api }: ServicesScene, nodeId: string, cpu = 1000): Promise<void> {
  const resources = { cpu, memory: 4096 };
  const attributes = { [ASSIGNS_PORTS]: true, [MOUNTS_VOLUMES]: true, [PULLS_ONLY]: true };
  await api.happened(
    {
      type: 'NodeRegistered',
      data: {
        nodeId,
        epoch: 1,
        ipAddress: '10.0.0.1',
        resources,
        attributes,
        healthy: true,
        endpoint: null,
        protocol: 'muster',
      },
    },
    { type: 'NodeCapacitySet', data: { nodeId, epoch: 1, resources, schedulable: true } },
  );
}

void t.test('previews a start or an update, and writes nothing', async (t) => {
  const scene = await servicesScene(t);
  const { api, as, service, told } = scene;
  await withNode(scene, 'node-1');
  await withNode(scene, 'small', 50);
  const id = await service('web');
  const end = await api.store.head();
  for (const [who, first, second] of [
    ['ann', '#1', '#2'],
    ['root', 'node-1', 'small'],
  ] as const) {
    const stopped = await as(who, 'POST', `/services/${id}/preview`);
    t.equal(stopped.status, 200, stopped.body);
    t.match(stopped.json(), {
      action: 'start',
      version: 1,
      compared_with: null,
      changes: [],
      job_id: `service.${id}.1`,
      rollout: { count: 1, first: 1, stops_first: false },
      rendered: { tasks: [{ config: { image: 'web:1' }, env: { COLOUR: '***' } }] },
      groups: [
        {
          placed: 1,
          unplaced: 0,
          placements: [{ node_id: first }],
          nodes: [
            { node_id: first, verdict: 'fits' },
            { node_id: second, verdict: 'exhausted', reason: 'lacks cpu (short by 50)' },
          ],
        },
      ],
    });
    if (who === 'ann')
      t.notMatch(stopped.body, /node-1|small/, 'node names are shown only to administrators');
  }
  t.equal(await api.store.head(), end, 'a preview appends no events');
  await as('ann', 'POST', `/services/${id}/start`);
  await told(id, completed(1));
  t.match((await as('ann', 'POST', `/services/${id}/preview`, {})).json(), {
    action: 'none',
    version: 1,
    compared_with: 1,
    changes: [],
  });
  const config = {
    ...CONFIG,
    image: 'web:2',
    environment: { COLOUR: 'blue-as-the-sea' },
    resources: { cpu: 2000 },
  };
  const before = await api.store.head();
  const said = await as('ann', 'POST', `/services/${id}/preview?limit=1`, { config });
  const preview = said.json() as Preview;
  t.match(preview, {
    action: 'update',
    version: 2,
    compared_with: 1,
    groups: [{ placed: 0, unplaced: 1, blocked: { exhausted: { cpu: 2 } }, nodes: [{}] }],
  });
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
  t.match((await as('ann', 'GET', `/services/${id}/deployments`)).json(), {
    deployments: [{ number: 2, version: 2 }, {}],
  });
  t.equal(preview.job_id, `service.${id}.2`);
});

void t.test('previews a rollback from the stored version, and writes nothing', async (t) => {
  const scene = await servicesScene(t);
  const { api, as, service, told } = scene;
  await withNode(scene, 'node-1');
  const id = await service('web');
  await as('ann', 'POST', `/services/${id}/start`);
  await told(id, completed(1));
  await as('ann', 'PUT', `/services/${id}`, { config: { ...CONFIG, image: 'web:2' } });
  await told(id, completed(2));
  const end = await api.store.head();
  const said = await as('ann', 'POST', `/services/${id}/preview`, { version: 1 });
  t.match(said.json(), {
    action: 'update',
    version: 3,
    compared_with: 2,
    changes: [{ path: 'image', before: 'web:2', after: 'web:1' }],
    rendered: { tasks: [{ config: { image: 'web:1' } }] },
  });
  t.match((await as('ann', 'POST', `/services/${id}/preview`, { version: 2 })).json(), { action: 'none' });
  t.equal((await as('ann', 'POST', `/services/${id}/preview`, { version: 9 })).status, 404);
  const both = await as('ann', 'POST', `/services/${id}/preview`, { version: 1, config: CONFIG });
  t.equal(both.status, 400);
  t.match(both.body, /version.*cannot be combined with config/);
  t.equal(await api.store.head(), end);
  await as('ann', 'POST', `/services/${id}/rollback`, { version: 1 });
  t.match((await as('ann', 'GET', `/services/${id}/versions`)).json(), {
    versions: [{ version: 3, changes: [{ path: 'image', before: 'web:2', after: 'web:1' }] }, {}, {}],
  });
});

void t.test('masks the secrets of a template, and stops the instance that uses a volume first', async (t) => {
  const scene = await servicesScene(t);
  const { as, service, told } = scene;
  await withNode(scene, 'node-1');
  const id = await service('cache', { nomad_job_file: 'redis.nomad' });
  interface Shown {
    readonly variables: readonly { readonly value: string; readonly secret: boolean }[];
  }
  const secrets = ((await as('ann', 'GET', `/services/${id}`)).json() as Shown).variables.filter(
    ({ secret }) => secret,
  );
  t.ok(secrets.length > 0);
  await as('ann', 'POST', `/services/${id}/start`);
  await told(id, completed(1));
  const said = await as('ann', 'POST', `/services/${id}/preview`, {
    config: { nomad_job_file: 'redis.nomad', resources: { cpu: 300 } },
  });
  t.match(said.json(), {
    action: 'update',
    rollout: { stops_first: true },
    rendered: { tasks: [{ resources: { cpu: 300 } }] },
  });
  for (const { value } of secrets) t.notOk(said.body.includes(value));
});

void t.test('refuses a preview to the same accounts and configurations as an update', async (t) => {
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
  for (const config of [
    {},
    { image: 'x', health: { type: 'tcp' } },
    { nomad_job_file: 'nothing.nomad' },
    { image: 'x', devices: ['/dev/sda'] },
  ]) {
    const [preview, update] = [
      await as('ann', 'POST', `/services/${id}/preview`, { config }),
      await as('ann', 'PUT', `/services/${id}`, { config }),
    ];
    t.same([preview.status, preview.body], [update.status, update.body]);
    t.equal(preview.status, 400);
  }
  t.equal((await as('ann', 'POST', `/services/${id}/preview?limit=many`)).status, 400);
});

void t.test('refuses a volume of another service in a preview, and accepts a free one', async (t) => {
  const { api, as, service } = await servicesScene(t);
  const [database, web] = [await service('database', STORING), await service('web', STORING)];
  await volumesSettled(api);
  const attached = (from: string): object => ({
    config: { ...STORING, volumes: [{ name: 'old', path: '/old', from }] },
  });
  const end = await api.store.head();
  const taken = await as('ann', 'POST', `/services/${web}/preview`, attached(volumeOf(database)));
  t.same(
    [taken.status, taken.json()],
    [409, { error: `Volume ${volumeOf(database)} is used by the service my database` }],
  );
  const absent = await as('ann', 'POST', `/services/${web}/preview`, attached('no-such-volume'));
  t.same(
    [absent.status, absent.json()],
    [400, { error: 'Invalid input data: config.volumes: there is no volume no-such-volume' }],
  );
  t.equal(await api.store.head(), end, 'a preview appends no events');
  for (const from of [volumeOf(database), 'no-such-volume']) {
    const update = await as('ann', 'PUT', `/services/${web}`, attached(from));
    const preview = await as('ann', 'POST', `/services/${web}/preview`, attached(from));
    t.same([preview.status, preview.body], [update.status, update.body]);
  }
  // The volume of the deleted service is not released yet, but free for a new request.
  await as('ann', 'DELETE', `/services/${database}`);
  const before = await api.store.head();
  const free = await as('ann', 'POST', `/services/${web}/preview`, attached(volumeOf(database)));
  t.match([free.status, free.json()], [200, { action: 'start', version: 2 }], free.body);
  t.equal(await api.store.head(), before, 'the preview does not attach the volume');
  t.equal((await as('ann', 'PUT', `/services/${web}`, attached(volumeOf(database)))).status, 200);
  t.equal(
    (await as('ann', 'POST', `/services/${web}/preview`, attached(volumeOf(database)))).status,
    200,
    'a service can preview with its own volume',
  );
});

void t.test('refuses volumes of other accounts or under deletion in a preview', async (t) => {
  const { api, as, service } = await servicesScene(t);
  const [database, web] = [await service('database', STORING), await service('web', STORING)];
  await volumesSettled(api);
  const said = await as('bob', 'POST', '/services', { name: 'of bob', type: 'bobs', config: CONFIG });
  const { id: bobs } = said.json() as { id: string };
  const config = { ...STORING, volumes: [{ name: 'old', path: '/old', from: volumeOf(database) }] };
  const answers = async (who: 'ann' | 'bob', id: string): Promise<void> => {
    const preview = await as(who, 'POST', `/services/${id}/preview`, { config });
    const update = await as(who, 'PUT', `/services/${id}`, { config });
    t.same([preview.status, preview.body], [update.status, update.body]);
    t.ok(preview.status > 400, preview.body);
  };
  await answers('bob', bobs);
  await as('ann', 'DELETE', `/services/${database}?volumes=true`);
  await answers('ann', web);
});

/** Submits the first deployment's job as the owned-work loop does, and places its instances on these nodes as the scheduler does. */
async function runs(
  { api, as, told }: ServicesScene,
  serviceId: string,
  nodes: readonly string[],
  volumes: string[] = [],
): Promise<string[]> {
  await as('ann', 'POST', `/services/${serviceId}/start`);
  const state = await api.executor.load(services, serviceId);
  if (state.kind !== 'present') throw new Error('it does not exist');
  const living = state.living.get(1);
  const version = living && state.versions.get(living.version);
  if (living === undefined || version === undefined) throw new Error('it does not run');
  const [owner, specification] = [ownerOf(state), specificationOf(living, version)];
  const [jobId, evaluationId, jobVersion] = [deploymentJobOf(serviceId, 1), randomUUID(), 0];
  const held = {
    jobVersion,
    attempt: 0,
    epoch: 1,
    evaluationId,
    resources: { cpu: 100, memory: 128 },
    ...(volumes.length > 0 && { volumes }),
  };
  const allocations = nodes.map(() => randomUUID());
  await api.happened(
    { type: 'JobSubmitted', data: { jobId, evaluationId, specification, owner } },
    ...nodes.map(
      (nodeId, slot) =>
        ({
          type: 'AllocationPlaced',
          data: { allocationId: allocations[slot]!, jobId, group: 'service', slot, nodeId, ...held },
        }) as const,
    ),
    {
      type: 'EvaluationCompleted',
      data: { evaluationId, jobId, jobVersion, triggers: [{ kind: 'job-submitted', ref: evaluationId }] },
    },
  );
  await told(serviceId, completed(1));
  return allocations;
}

interface Told {
  readonly rollout: object;
  readonly groups: readonly [
    {
      readonly placements: readonly {
        readonly node_id: string;
        readonly step: number;
        readonly after_stops: boolean;
      }[];
      readonly stops: readonly { readonly step: number }[];
    },
  ];
}

void t.test('previews when each instance starts and which one stops for it', async (t) => {
  const scene = await servicesScene(t);
  const { as, service } = scene;
  await withNode(scene, 'node-1', 400);
  const id = await service('web', { ...CONFIG, count: 3 });
  await runs(scene, id, ['node-1', 'node-1', 'node-1']);
  const said = (
    await as('ann', 'POST', `/services/${id}/preview`, { config: { ...CONFIG, count: 3, image: 'web:2' } })
  ).json();
  t.match(said, {
    action: 'update',
    rollout: { count: 3, first: 1, stops_first: false },
    groups: [{ count: 3, kept: 0, placed: 3, stopped: 3, unplaced: 0 }],
  });
  const [{ placements, stops }] = (said as unknown as Told).groups;
  t.same(
    placements.map(({ node_id, step, after_stops }) => [node_id, step, after_stops]),
    [
      ['#1', 1, false],
      ['#1', 2, true],
      ['#1', 3, true],
    ],
    'the node has capacity for four instances',
  );
  t.same(
    stops.map(({ step }) => step),
    [2, 3, 4],
  );
  // Larger instances start only as far as capacity allows: a waiting allocation blocks those after it.
  const large = (
    await as('ann', 'POST', `/services/${id}/preview`, {
      config: { ...CONFIG, count: 3, resources: { cpu: 150 } },
    })
  ).json();
  t.match(large, {
    groups: [{ placed: 0, unplaced: 3, stopped: 0, blocked: { unplaced: 1, exhausted: { cpu: 1 } } }],
  });
});

void t.test(
  "previews the successor on the capacity that its predecessor frees on the volume's node",
  async (t) => {
    const scene = await servicesScene(t);
    const { as, service } = scene;
    await withNode(scene, 'node-1', 150);
    const id = await service('database', STORING);
    await runs(scene, id, ['node-1'], [volumeOf(id)]);
    const update = (
      await as('ann', 'POST', `/services/${id}/preview`, { config: { ...STORING, image: 'web:2' } })
    ).json();
    t.match(update, {
      action: 'update',
      rollout: { stops_first: true },
      groups: [
        {
          placed: 1,
          unplaced: 0,
          stopped: 1,
          stops: [{ node_id: '#1', reason: 'job-stopped', step: 1 }],
          placements: [{ node_id: '#1', after_stops: true, step: 1 }],
          nodes: [{ node_id: '#1', verdict: 'fits' }],
        },
      ],
    });
    const none = (await as('ann', 'POST', `/services/${id}/preview`)).json();
    t.match(none, {
      ...{ action: 'none', groups: [{ kept: 1, placed: 0, stopped: 0, unplaced: 0 }] },
      groups: [
        {
          nodes: [
            {
              node_id: '#1',
              verdict: 'keeps',
              kept: 1,
              reason: /^has 1 of its instances; for one more it lacks cpu .*volume/,
            },
          ],
        },
      ],
    });
  },
);

void t.test('stops an instance for its successor only if there is room for that, or by force', async (t) => {
  const scene = await servicesScene(t);
  const { api, as, service } = scene;
  await withNode(scene, 'node-1', 150);
  const id = await service('database', STORING);
  const [allocationId = ''] = await runs(scene, id, ['node-1'], [volumeOf(id)]);
  await api.happened(started(place(allocationId, deploymentJobOf(id, 1), 0, 'service', 'node-1')));
  const change = async (config: object, query = '') =>
    await as('ann', 'PUT', `/services/${id}${query}`, { config: { ...STORING, ...config } });
  const end = await api.store.head();
  const refused = await change({ resources: { cpu: 200 } });
  t.same(
    [refused.status, refused.json()],
    [
      409,
      {
        error:
          'the running instance was not stopped, because there is no room for the new version: 1 of 1 node lacks cpu. Ask for less, make room, or pass force',
      },
    ],
  );
  t.equal(await api.store.head(), end, 'nothing is changed');
  const requested = async () =>
    (await api.events())
      .filter(({ type }) => type === 'DeploymentRequested')
      .map(({ data }) => JSON.parse(Buffer.from(data).toString()) as { number: number; pullOn?: string })
      .map(({ number, pullOn }) => [number, pullOn]);
  t.equal((await change({ image: 'web:2' })).status, 200);
  t.same(await requested(), [
    [1, undefined],
    [2, 'node-1'],
  ]);
  t.match((await as('ann', 'GET', `/services/${id}`)).json(), { status: 'running' });
  t.equal((await change({ resources: { cpu: 200 } }, '?force=true')).status, 200);
});

void t.test('reports the quota that the service would exceed', async (t) => {
  const quotas = { ...NO_QUOTAS, cpu: { tenant: '150', account: 'unlimited' } };
  const scene = await servicesScene(
    t,
    {},
    { settings: { testApiKey: 'test-key', joinToken: undefined, host: '127.0.0.1', quotas } },
  );
  await withNode(scene, 'node-1');
  const id = await scene.service('web', { ...CONFIG, count: 3, resources: { cpu: 100 } });
  const said = await scene.as('ann', 'POST', `/services/${id}/preview`);
  t.equal(said.status, 200, said.body);
  t.match(said.json(), {
    groups: [
      { placed: 1, blocked: { quota: { quota: 'cpu', of: 'tenant', holder: 'a', limit: 150, used: 100 } } },
    ],
  });
});
