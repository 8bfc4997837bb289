import t from 'tap';
import { completed, servicesScene } from './scene.js';

interface Events {
  readonly events: readonly { readonly number: number; readonly text: string; readonly by: string | null }[];
  readonly total: number;
}

void t.test('shows events of a service to its tenant only, newest first, in pages', async (t) => {
  const { as, service, told } = await servicesScene(t);
  const id = await service('web');
  await as('ann', 'POST', `/services/${id}/start`);
  await told(id, completed(1));
  await as('ann', 'PUT', `/services/${id}`, { name: 'shop' });
  const all = (await as('bob', 'GET', `/services/${id}/events`)).json() as Events;
  t.same(
    all.events.map(({ number, text }) => [number, text]),
    [
      [5, 'Its name or description changed; its name is shop.'],
      [4, 'Deployment 1 completed. The instance is healthy.'],
      [3, 'Deployment 1 of version 1 was requested.'],
      [2, 'Version 1 was created.'],
      [1, 'It was created.'],
    ],
  );
  t.equal(all.total, 5);
  const first = (await as('ann', 'GET', `/services/${id}/events?limit=2`)).json() as Events;
  const rest = (
    await as('ann', 'GET', `/services/${id}/events?limit=2&before=${first.events.at(-1)?.number ?? 0}`)
  ).json() as Events;
  t.same([...first.events, ...rest.events], all.events.slice(0, 4));
  for (const [who, path, status] of [
    ['eve', `/services/${id}/events`, 404],
    ['ann', '/services/no-uuid/events', 400],
    ['ann', `/services/${id}/events?limit=1000`, 400],
    ['ann', `/services/${id}/events?before=never`, 400],
  ] as const)
    t.equal((await as(who, 'GET', path)).status, status, path);
  await as('ann', 'DELETE', `/services/${id}`);
  t.equal((await as('ann', 'GET', `/services/${id}/events`)).status, 404);
});
