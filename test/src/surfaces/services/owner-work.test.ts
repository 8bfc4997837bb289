import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { services } from '#projections/services/services.js';
import { tasks } from '#projections/tasks/tasks.js';
import { settle } from '#src/fleet/owned-work/settle.js';
import { slotWork } from '#src/fleet/tasks/index.js';
import type { AnyOwnedWork } from '#src/fleet/owned-work/index.js';
import { ownerWork } from '#src/surfaces/services/owner-work.js';
import { bearer, servicesLogin } from '../../../fixtures/services-account.js';
import { completed, servicesScene, type ServicesScene } from './routes/scene.js';

const TASK = { name: 'nightly', executor: 'http', url: 'http://example.com/', schedule: '0 3 * * *' };

async function scene(t: Test) {
  const made = await servicesScene(t);
  const { api, as, service } = made;
  const id = await service('web');
  await as('ann', 'POST', `/services/${id}/start`);
  await made.told(id, completed(1));
  const users = (await as('root', 'GET', '/admin/users?limit=100')).json() as {
    users: { id: string; username: string }[];
  };
  const account = (name: string): string => users.users.find(({ username }) => username === name)?.id ?? '';
  const root = bearer(await servicesLogin(api, 'root'));
  const ann = bearer(await servicesLogin(api, 'ann'));
  const task = await api.say('POST', '/api/tasks', TASK, ann);
  if (task.status !== 201) throw new Error(task.body);
  const shownTask = async () =>
    (
      (
        await api.say(
          'GET',
          `/api/tasks/${(task.json() as { data: { id: number } }).data.id}`,
          undefined,
          root,
        )
      ).json() as { data: unknown }
    ).data;
  return { ...made, id, account, root, shownTask };
}

/** Carries out what is due for the services and tasks of accounts that ended. */
async function carriedOut({
  api: { executor, models, projector, store },
}: Pick<ServicesScene, 'api'>): Promise<void> {
  await projector.waitFor((await store.head()) ?? 0n, 30_000);
  const slots = slotWork(
    { momentOf: async (_task, now) => ({ now, permitted: true }) },
    { readModels: models },
  );
  const works: [string, AnyOwnedWork][] = [
    [services.name, ownerWork],
    [tasks.name, slots],
  ];
  for (const [model, work] of works)
    for await (const page of models.list(model, { by: 'due' }))
      for (const { json } of page) {
        const document: unknown = JSON.parse(json);
        if ((work.dueAt(document) ?? Infinity) > systemClock.now()) continue;
        await settle(work, document, {
          executor,
          eventStore: store,
          clock: systemClock,
          ids: { uuid: randomUUID },
        });
      }
  await projector.waitFor((await store.head()) ?? 0n, 30_000);
}

for (const [method, base, path, how] of [
  ['DELETE', '/api/auth/users', '', 'erased'],
  ['POST', '/api/auth/users', '/deactivate', 'deactivated'],
  ['PUT', '/api/v1/admin/users', '/deactivate', 'deactivated'],
] as const)
  void t.test(`the services of an account that was ${how} (${method}) are stopped, and say so`, async (t) => {
    const { api, as, id, account, root, shownTask } = await scene(t);
    const said = await api.say(method, `${base}/${account('ann')}${path}`, undefined, root);
    t.equal(said.status, 200, said.body);
    await carriedOut({ api });
    t.match(await shownTask(), { status: 'paused' });
    t.match((await as('root', 'GET', `/services/${id}`)).json(), {
      status: 'stopped',
      reason: { code: 'stopped', message: `It was stopped because the account that owns it was ${how}.` },
    });
    t.equal((await as('root', 'POST', `/services/${id}/start`)).status, 200, 'an administrator may start it');
    await carriedOut({ api });
    t.match((await as('root', 'GET', `/services/${id}`)).json(), { status: 'deploying' });
  });

for (const [method, base, end] of [
  ['DELETE', '/api/auth/users', ''],
  ['PUT', '/api/v1/admin/users', '/deactivate'],
] as const)
  void t.test(`an account of the same tenant takes over, and no other (${method})`, async (t) => {
    const { api, as, id, account, root, shownTask } = await scene(t);
    const path = (to: string): string => `${base}/${account('ann')}${end}?to=${to}`;
    const ask = async (to: string) => await api.say(method, path(to), undefined, root);
    for (const [to, problem] of [
      [account('eve'), /same tenant/],
      [account('ann'), /another, active account/],
      [randomUUID(), /no such account/],
      ['x', /uuid/i],
    ] as const) {
      const said = await ask(to);
      t.equal(said.status, 400, to);
      t.match(said.body, problem);
    }
    t.equal((await ask(account('bob'))).status, 200);
    await carriedOut({ api });
    t.match((await as('bob', 'GET', `/services/${id}`)).json(), {
      status: 'deploying',
      created_by: account('bob'),
    });
    t.match(await shownTask(), { status: 'active', created_by: account('bob') });
    t.equal((await as('bob', 'POST', `/services/${id}/stop`)).status, 200, 'it belongs to bob');
  });

void t.test('administrators list the services and volumes of all tenants, others do not', async (t) => {
  const { as, id } = await scene(t);
  t.match((await as('root', 'GET', '/services')).json(), { services: [], total: 0 });
  t.match((await as('root', 'GET', '/services?all_tenants=true')).json(), { services: [{ id }], total: 1 });
  t.match((await as('root', 'GET', '/volumes?all_tenants=true')).json(), { volumes: [] });
  t.equal((await as('tia', 'GET', '/services?all_tenants=true')).status, 403);
  t.equal((await as('ann', 'GET', '/volumes?all_tenants=true')).status, 403);
});
