import t, { type Test } from 'tap';
import { templateIdOf } from '#domain/services/template/index.js';
import { completed, CONFIG, servicesScene } from './scene.js';

interface Changes {
  readonly changes: readonly { readonly path: string; readonly before: string; readonly after: string }[];
}

const template = (version: number, greeting: string) => ({
  name: 'app',
  type: 'app',
  description: 'An app',
  config: {
    image: `app:${version}`,
    environment: { X: String(version) },
    args: ['serve', '{{GREETING}}'],
    resources: { memory: 64 * version },
  },
  variables: [{ name: 'GREETING', type: 'string', description: 'A greeting', default: greeting }],
});

/** A running service of a template that an administrator has replaced since. */
async function scene(t: Test) {
  const services = await servicesScene(t);
  const { api, as, service, told } = services;
  const remove = async () => await as('root', 'DELETE', `/templates/${templateIdOf('app')}`);
  t.equal((await as('root', 'POST', '/templates', template(1, 'hello'))).status, 201);
  const id = await service('app', { nomad_job_file: 'app.nomad' });
  await as('ann', 'POST', `/services/${id}/start`);
  await told(id, completed(1));
  await remove();
  t.equal((await as('root', 'POST', '/templates', template(2, 'bye'))).status, 201);
  const update = async (path: string, method: string, environment: object) =>
    await as('ann', method, `/services/${id}${path}`, {
      config: { nomad_job_file: 'app.nomad', environment },
    });
  const lines = ({ changes }: Changes) =>
    changes.map(({ path, before, after }) => `${path}: ${before} → ${after}`);
  const newest = async () =>
    ((await as('ann', 'GET', `/services/${id}/versions`)).json() as unknown as { versions: Changes[] })
      .versions[0]!;
  const runs = async () => {
    const made = (await api.events()).filter(({ type }) => type === 'ServiceConfigured').at(-1);
    return (JSON.parse(Buffer.from(made?.data ?? '').toString()) as { work: { tasks: [{ config: object }] } })
      .work.tasks[0].config;
  };
  return { ...services, id, remove, update, lines, newest, runs };
}

const ADDS_Y = ['environment: null → {"Y":"***"}'];

void t.test('an update keeps the template as the service used it, even after its removal', async (t) => {
  const { update, lines, newest, runs, remove } = await scene(t);
  const previewed = await update('/preview', 'POST', { Y: '1' });
  t.same(lines(previewed.json() as unknown as Changes), ADDS_Y);
  t.equal((await update('', 'PUT', { Y: '1' })).status, 200);
  t.same(lines(await newest()), ADDS_Y);
  t.match(await runs(), { image: 'app:1', args: ['serve', 'hello'] });
  await remove();
  const again = await update('', 'PUT', { Y: '1', Z: '1' });
  t.equal(again.status, 200, again.body);
  t.match(await runs(), { image: 'app:1', args: ['serve', 'hello'] });
});

void t.test('an upgrade adopts the present template, and every difference is listed', async (t) => {
  const { as, id, told, lines, newest, runs, update, remove } = await scene(t);
  const changes = [
    'args: ["serve","hello"] → ["serve","bye"]',
    'environment.X: *** → ***',
    'image: app:1 → app:2',
    'resources.memory: 64 → 128',
  ];
  const previewed = await as('ann', 'POST', `/services/${id}/preview?upgrade=true`);
  t.equal(previewed.status, 200, previewed.body);
  t.same(lines(previewed.json() as unknown as Changes), changes);
  const upgrade = async () => await as('ann', 'POST', `/services/${id}/upgrade`);
  const upgraded = await upgrade();
  t.match(upgraded.json(), { message: 'Service upgraded to the present template (new version: 2)' });
  t.same(lines(await newest()), changes);
  t.match(await runs(), { image: 'app:2', args: ['serve', 'bye'] });
  await told(id, completed(2));
  t.match((await upgrade()).json(), {
    message: 'Nothing to upgrade: version 2 already uses the present template',
  });
  await as('ann', 'POST', `/services/${id}/rollback`, { version: 1 });
  t.match(await runs(), { image: 'app:1' });
  await told(id, completed(3));
  t.equal((await update('', 'PUT', { Y: '1' })).status, 200);
  t.match(await runs(), { image: 'app:1' }, 'a rollback brings the former template back');
  await remove();
  const gone = await upgrade();
  t.same(
    [gone.status, gone.json()],
    [400, { error: 'Invalid input data: config.nomad_job_file: no template has a job file app.nomad' }],
  );
});

void t.test('only a service that uses a template can be upgraded, by those who may change it', async (t) => {
  const { as, id, service } = await scene(t);
  t.equal((await as('bob', 'POST', `/services/${id}/upgrade`)).status, 403);
  t.equal((await as('eve', 'POST', `/services/${id}/upgrade`)).status, 404);
  const web = await service('web', CONFIG);
  for (const path of ['/upgrade', '/preview?upgrade=true']) {
    const refused = await as('ann', 'POST', `/services/${web}${path}`);
    t.equal(refused.status, 400);
    t.match(refused.json(), { error: /does not use a template/ });
  }
});

void t.test(
  'the number of instances and the update policy of a template hold until others are sent',
  async (t) => {
    const { as, api, told } = await servicesScene(t);
    const many = (count: number) => ({
      ...template(1, 'hello'),
      config: {
        ...template(1, 'hello').config,
        count,
        update: { max_parallel: 2, min_healthy_seconds: 7, auto_revert: false },
      },
    });
    t.equal((await as('root', 'POST', '/templates', many(3))).status, 201);
    const config = { nomad_job_file: 'app.nomad' };
    const made = await as('ann', 'POST', '/services', { name: 'app', type: 'app', config });
    const { id } = made.json() as { id: string };
    await as('ann', 'POST', `/services/${id}/start`);
    const plan = async () => {
      const asked = (await api.events()).filter(({ type }) => type === 'DeploymentRequested').at(-1);
      return (JSON.parse(Buffer.from(asked?.data ?? '').toString()) as { plan: object }).plan;
    };
    t.match(await plan(), { count: 3, minHealthySeconds: 7 });
    await told(id, completed(1));
    const update = async (more: object) =>
      await as('ann', 'PUT', `/services/${id}`, { config: { ...config, ...more } });
    t.equal((await update({ environment: { Y: '1' } })).status, 200);
    t.match(await plan(), { count: 3, maxParallel: 2, minHealthySeconds: 7 }, 'they stay after an update');
    await told(id, { ...completed(2), outcome: 'failed' } as ReturnType<typeof completed>);
    const { version } = (await as('ann', 'GET', `/services/${id}`)).json() as { version: number };
    t.equal(version, 2, 'the failed version is not reverted');
    t.equal((await update({ count: 1, update: { min_healthy_seconds: 1 } })).status, 200);
    t.match(await plan(), { count: 1, minHealthySeconds: 1 });

    await as('root', 'DELETE', `/templates/${templateIdOf('app')}`);
    t.equal((await as('root', 'POST', '/templates', many(4))).status, 201);
    t.equal((await update({})).status, 200);
    const previewed = await as('ann', 'POST', `/services/${id}/preview?upgrade=true`);
    t.same((previewed.json() as unknown as Changes).changes, [{ path: 'count', before: '3', after: '4' }]);
  },
);
