import createClient from 'openapi-fetch';
import t from 'tap';
import { deploymentJobOf, SERVICE_GROUP } from '#domain/services/service/index.js';
import type { paths } from '#src/cli/generated/services.js';
import { bearer, SERVICES_PASSWORD } from '../../../fixtures/services-account.js';
import {
  group,
  place,
  placed,
  specification,
  started as startedInstance,
  submitted,
} from '../../../projections/events.js';
import { completed, servicesScene } from '../../surfaces/services/routes/scene.js';

void t.test('creates, starts, reads, updates and rolls back a service with a generated client', async (t) => {
  const { api, told } = await servicesScene(t);
  const client = createClient<paths>({ baseUrl: await api.app.listen({ port: 0, host: '127.0.0.1' }) });
  const login = await client.POST('/api/v1/auth/login', {
    body: { username: 'ann', password: SERVICES_PASSWORD },
  });
  const { authorization } = bearer({ token: login.data?.token ?? '' });
  client.use({ onRequest: ({ request }) => void request.headers.set('authorization', authorization) });

  const { data: listed } = await client.GET('/api/v1/templates');
  const template = listed?.templates.find(({ name }) => name === 'postgresql');
  const shown = await client.GET('/api/v1/templates/{id}', {
    params: { path: { id: template?.id ?? '' } },
  });
  t.equal(shown.data?.variables?.find(({ name }) => name === 'DB_PASSWORD')?.generate, 'password');

  const config = (name: string) => ({
    nomad_job_file: 'postgresql.nomad',
    custom_variables: { DB_NAME: name },
  });
  const made = await client.POST('/api/v1/services', {
    body: { name: 'orders', type: 'database', config: config('orders') },
  });
  t.match(made.data, { status: 'stopped', version: 1, connection_string: null }, JSON.stringify(made.error));
  const one = { params: { path: { id: made.data?.id ?? '' } } };

  const started = await client.POST('/api/v1/services/{id}/start', one);
  t.match(
    started.data?.deployment,
    { service_id: made.data?.id, status: 'pending' },
    JSON.stringify(started.error),
  );
  await told(one.params.path.id, completed(1));
  const job = deploymentJobOf(one.params.path.id, 1);
  const instance = place('a1', job, 0, SERVICE_GROUP);
  await api.happened(
    submitted(job, specification(group(SERVICE_GROUP))),
    placed(instance),
    startedInstance(instance),
  );
  t.match((await client.GET('/api/v1/services/{id}', one)).data, { status: 'running', version: 1 });
  t.match((await client.GET('/api/v1/services', { params: { query: { status: 'running' } } })).data, {
    services: [{ name: 'orders' }],
    total: 1,
  });

  // There are no nodes, so without `force` an instance with volumes is not replaced.
  const forced = { params: { ...one.params, query: { force: true } } };
  const updated = await client.PUT('/api/v1/services/{id}', {
    ...forced,
    body: { description: 'all orders', config: config('sales') },
  });
  t.match(
    updated.data,
    { description: 'all orders', version: 2, status: 'running' },
    JSON.stringify(updated.error),
  );
  await told(one.params.path.id, completed(2));
  const back = await client.POST('/api/v1/services/{id}/rollback', { ...forced, body: { version: 1 } });
  t.equal(
    back.data?.message,
    'Service rolled back to version 1 (new version: 3)',
    JSON.stringify(back.error),
  );
  await told(one.params.path.id, completed(3));

  const { data: versions } = await client.GET('/api/v1/services/{id}/versions', one);
  t.same(
    versions?.versions.map(({ version, because, from }) => [version, because, from]),
    [
      [3, 'rolled_back', 1],
      [2, 'updated', null],
      [1, 'created', null],
    ],
  );
  const { data: deployments } = await client.GET('/api/v1/services/{id}/deployments', {
    params: { ...one.params, query: { limit: 2 } },
  });
  t.same(
    deployments?.deployments.map(({ number, status }) => [number, status]),
    [
      [3, 'completed'],
      [2, 'completed'],
    ],
  );
  t.same(
    (await client.GET('/api/v1/services/{id}/logs', { params: { ...one.params, query: { tail: 5 } } })).data,
    { logs: [] },
  );
  t.match((await client.GET('/api/v1/services/{id}/metrics', one)).data, { metrics: { cpu_usage: null } });
  t.equal(
    (await client.POST('/api/v1/services/{id}/stop', one)).data?.message,
    'Service stopped successfully',
  );
  t.equal((await client.DELETE('/api/v1/services/{id}', one)).data?.message, 'Service deleted successfully');
  const gone = await client.GET('/api/v1/services/{id}', one);
  t.same([gone.response.status, gone.error], [404, { error: 'Service not found' }]);
});
