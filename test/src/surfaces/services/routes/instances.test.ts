import { randomUUID } from 'node:crypto';
import t from 'tap';
import { place, placed, started } from '../../../../projections/events.js';
import { noAgents } from '../../kit/support/test-api.js';
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

void t.test('returns the fields of the contract as the metrics of a running instance', async (t) => {
  const point = { timestamp: 1_763_625_600, cpu: 452, memory_mb: 512 };
  const { api, as, service } = await servicesScene(
    t,
    {},
    {
      agentChannel: {
        ...noAgents,
        usageHistory: async () => ({ kind: 'found', history: { tasks: { service: [point] } } }) as never,
      },
    },
  );
  const id = await service('app', CONFIG);
  t.equal((await as('ann', 'POST', `/services/${id}/start`)).status, 200);
  const placement = place(randomUUID(), `service.${id}.1`, 0, 'service', 'n1');
  await api.happened(nodeUp, placed(placement), started(placement));
  t.same((await as('ann', 'GET', `/services/${id}/metrics`)).json(), {
    metrics: {
      cpu_usage: 45.2,
      memory_usage: 536_870_912,
      allocation_id: placement.allocationId,
      allocation_status: 'running',
      node_id: 'n1',
    },
  });
});
