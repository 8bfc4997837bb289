import t from 'tap';
import type { ListOptions } from '#domain/kernel/ports/read-models.js';
import type { ServiceDeploymentDocument } from '#projections/services/service-deployments.js';
import { services } from '#domain/services/service/index.js';
import { sagaContext } from '#src/accounts/saga-context.js';
import { newestDeployments } from '#src/surfaces/services/newest-deployments.js';
import { holdModels } from '../../../http/support/held-models.js';
import { completed, servicesScene } from './scene.js';

/** A mock: no available store can be stopped between two documents of one append. Each list shows what is written by then. */
function storeThatWrites(...states: readonly (readonly [number: number, later: number][])[]) {
  const asked: ListOptions[] = [];
  let pauses = 0;
  const readModels = {
    async *list(_: string, options: ListOptions = {}) {
      asked.push(options);
      const state = states[Math.min(asked.length, states.length) - 1] ?? [];
      await Promise.resolve();
      yield state.map(([number, later]) => ({
        id: `s.${number}`,
        json: JSON.stringify({ number, retention: { over: false, later } }),
      })) as never;
    },
  };
  const clock = { sleep: () => ((pauses += 1), Promise.resolve()) };
  return { parts: { readModels, clock }, asked, pauses: () => pauses };
}

const numbers = (found: readonly ServiceDeploymentDocument[]): readonly number[] =>
  found.map(({ number }) => number);

void t.test('waits for the successor of a superseded deployment before it returns the list', async (t) => {
  const store = storeThatWrites(
    [
      [4, 1],
      [3, 1],
    ],
    [
      [5, 0],
      [4, 1],
      [3, 2],
    ],
  );
  t.same(numbers(await newestDeployments(store.parts, 's', 50)), [5, 4, 3]);
  t.equal(store.pauses(), 1);
});

void t.test('stops waiting for a missing successor after nine pauses', async (t) => {
  const store = storeThatWrites([[4, 1]]);
  t.same(numbers(await newestDeployments(store.parts, 's', 1)), [4]);
  t.equal(store.pauses(), 9);
});

void t.test('returns complete and older pages without waiting', async (t) => {
  for (const [states, before] of [
    [[[4, 0]], undefined],
    [[], undefined],
    [[[4, 2]], 's.6'],
  ] as const) {
    const store = storeThatWrites(states.map(([number, later]) => [number, later]));
    await newestDeployments(store.parts, 's', 50, before);
    t.equal(store.asked.length, 1);
  }
});

void t.test('starts, stops and deletes a service from its stream before read models show it', async (t) => {
  const { api, as, service } = await servicesScene(t);
  await api.caughtUp();
  const release = holdModels(t);
  const id = await service('web');
  const begun = await as('ann', 'POST', `/services/${id}/start`);
  t.match(
    begun,
    { status: 200, headers: { 'x-muster-position': String, 'x-muster-stale': undefined } },
    begun.body,
  );
  t.match(begun.json(), { deployment: { service_id: id, status: 'pending' } });
  t.same((await as('ann', 'POST', `/services/${id}/start`)).json(), {
    error: 'Service deployment already in progress',
  });
  await api.executor.execute(services, id, completed(1), sagaContext('test', { uuid: () => 'a' }));
  for (const [method, path] of [
    ['POST', '/restart'],
    ['POST', '/stop'],
    ['POST', '/start'],
    ['DELETE', ''],
  ] as const) {
    t.equal(
      (await as('eve', method, `/services/${id}${path}`)).status,
      404,
      `${method} ${path}: a service of another tenant is not found`,
    );
    t.equal(
      (await as('bob', method, `/services/${id}${path}`)).status,
      403,
      `${method} ${path}: another account of the tenant is refused`,
    );
    const said = await as('ann', method, `/services/${id}${path}`);
    t.equal(said.status, 200, said.body);
  }
  for (const [method, path] of [
    ['POST', '/start'],
    ['DELETE', ''],
  ] as const)
    t.same((await as('ann', method, `/services/${id}${path}`)).json(), { error: 'Service not found' });
  release();
  t.equal(typeof (await service('web')), 'string', 'the type of the deleted service is free again');
  t.same((await as('ann', 'GET', `/services/${id}`)).json(), { error: 'Service not found' });
});
