import { randomUUID } from 'node:crypto';
import t from 'tap';
import { place, placed } from '../../../../projections/events.js';
import { CONFIG, servicesScene } from './scene.js';
import { nodeUp } from './volume-scene.js';

void t.test('returns no logs for a service without a started instance', async (t) => {
  const { api, as, service } = await servicesScene(t);
  const id = await service('app', CONFIG);
  const followed =
    'data: -- muster: no instance has started, so there is nothing to follow yet --\n\nevent: end\ndata: \n\n';
  const read = async (what: string) => {
    const logs = async (query: string) => await as('ann', 'GET', `/services/${id}/logs${query}`);
    const plain = await logs('');
    t.equal(plain.status, 200, what);
    t.same(plain.json(), { logs: [] }, what);
    const whole = await logs('?download=true');
    t.same(
      [whole.status, whole.body, whole.headers['content-type']],
      [200, '', 'text/plain; charset=utf-8'],
      what,
    );
    for (const query of ['?follow=true', '?follow=true&search=words&tail=3']) {
      const events = await logs(query);
      t.same([events.status, events.body], [200, followed], what);
      t.match(
        events.headers,
        {
          'content-type': 'text/event-stream; charset=utf-8',
          'x-muster-log-end': 'true',
          'cache-control': 'no-store',
        },
        what,
      );
      t.equal(events.headers['x-content-type-options'], 'nosniff', what);
    }
  };
  await read('the service was never started');
  t.equal((await as('ann', 'POST', `/services/${id}/start`)).status, 200);
  await read('the service waits for a node');
  await api.happened(nodeUp, placed(place(randomUUID(), `service.${id}.1`, 0, 'service', 'n1')));
  await read('the image of the service is being pulled');
});
