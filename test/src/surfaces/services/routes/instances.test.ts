import { randomUUID } from 'node:crypto';
import t from 'tap';
import { place, placed, started } from '../../../../projections/events.js';
import { noAgents } from '../../../http/support/test-api.js';
import { CONFIG, servicesScene } from './scene.js';
import { nodeUp } from './volume-scene.js';

void t.test('returns no logs for a service without a started instance', async (t) => {
  const { api, as, service } = await servicesScene(t);
  const id = await service('app', CONFIG);
  const logs = async (query: string) => await as('ann', 'GET', `/services/${id}/logs${query}`);
  const read = async (what: string) => {
    const plain = await logs('');
    t.equal(plain.status, 200, what);
    t.same(plain.json(), { logs: [] }, what);
    const whole = await logs('?download=true');
    t.same(
      [whole.status, whole.body, whole.headers['content-type']],
      [200, '', 'text/plain; charset=utf-8'],
      what,
    );
  };
  const follow = async (query: string, end: string) => {
    const events = await logs(query);
    t.same(
      [events.status, events.body],
      [
        200,
        `data: -- muster: no instance has started, so there is nothing to follow yet --\n\ndata: -- muster: ${end} --\n\nevent: end\ndata: \n\n`,
      ],
    );
    t.match(events.headers, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-muster-log-end': 'true',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  };
  await read('the service was never started');
  for (const query of ['?follow=true', '?follow=true&search=words&tail=3&prefix=true'])
    await follow(query, 'The service has not been started.');
  t.equal((await as('ann', 'POST', `/services/${id}/start`)).status, 200);
  await read('the service waits for a node');
  await api.happened(nodeUp, placed(place(randomUUID(), `service.${id}.1`, 0, 'service', 'n1')));
  await read('the image of the service is being pulled');
  const waiting = follow('?follow=true', 'The service is stopped.');
  const ofOne = follow('?follow=true&deployment=1', 'Deployment 1 is over. It was stopped.');
  t.equal((await as('ann', 'POST', `/services/${id}/stop`)).status, 200);
  await Promise.all([waiting, ofOne]);
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
