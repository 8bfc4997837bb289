import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { make, built, scene as condaScene, type Scene } from '../surfaces/environments/routes/scene.js';
import { servicesScene } from '../surfaces/services/routes/scene.js';
import {
  dropped,
  nodeDown,
  nodeUp,
  placedOn,
  STORING,
  volumeOf,
  volumesSettled,
} from '../surfaces/services/routes/volume-scene.js';
import { tasksScene } from '../surfaces/tasks/routes/scene.js';
import { aJob, type Said } from './support/test-api.js';

type Say = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Said>;
const KEY = { 'idempotency-key': 'once' };
const asked = new Set<string>();

/** Sends a command twice with one key, and checks that the second only gets the first response. `between` runs before the second. */
async function twice(
  t: Test,
  api: { events(): Promise<readonly unknown[]> },
  operation: string,
  say: () => Promise<Said>,
  between?: () => Promise<unknown>,
) {
  asked.add(operation);
  const first = await say();
  t.ok(first.status < 300, `${operation}: ${first.status} ${first.body}`);
  await between?.();
  const before = (await api.events()).length;
  const again = await say();
  t.same([again.status, timeless(again.body)], [first.status, timeless(first.body)], operation);
  t.equal((await api.events()).length, before, `${operation} appends no further event`);
}

/** Removes the time from the envelope of tasks. */
function timeless(body: string): string {
  return body.replace(/"timestamp":"[^"]*"/, '');
}

void t.test('executes a repeated deletion once, with the same response', async (t) => {
  await t.test('executes a repeated deletion on the tasks surface once', async (t) => {
    const { api, ann, abe } = await tasksScene(t);
    const say: Say = async (method, path, body, headers) =>
      await api.say(method, path, body, { ...ann, ...headers });
    const task = { name: 'backup', executor: 'shell', command: 'true' };
    const made = (await say('POST', '/api/tasks', task)).json() as { data: { id: number } };
    const path = `/api/tasks/${made.data.id}`;
    const another = async (): Promise<unknown> => await say('POST', '/api/tasks', task);
    await twice(t, api, 'tasks_deleteTask', async () => await say('DELETE', path, undefined, KEY), another);
    t.equal((await say('DELETE', path)).status, 404, 'a request without the key is another command');
    t.equal(
      (await api.say('DELETE', path, undefined, { ...abe, ...KEY })).status,
      404,
      'the key of another account belongs to another command',
    );
    t.equal((await say('DELETE', '/api/tasks/9999', undefined, KEY)).status, 404);
    t.equal((await say('DELETE', '/api/tasks/a%2Fb', undefined, KEY)).status, 404);
    await say('PUT', '/api/secrets/pw', { value: 'a' });
    await twice(
      t,
      api,
      'tasks_removeSecret',
      async () => await say('DELETE', '/api/secrets/pw', undefined, KEY),
    );
    await say('PUT', '/api/secrets/pw', { value: 'b' });
    t.equal((await say('DELETE', '/api/secrets/pw', undefined, KEY)).status, 200);
    t.equal(
      (await say('GET', '/api/secrets/pw')).status,
      200,
      'a repeated deletion does not remove a secret that was set later',
    );
  });

  await t.test('executes a repeated deletion on the services surface once', async (t) => {
    const { api, as, service } = await servicesScene(t);
    await api.happened(nodeUp);
    const say: Say = async (...request) => await as('ann', ...request);
    const id = await service('database', STORING);
    await say('POST', `/services/${id}/start`);
    await api.happened(placedOn(id));
    await twice(
      t,
      api,
      'services_deleteService',
      async () => await say('DELETE', `/services/${id}`, undefined, KEY),
      async () => await service('database'),
    );
    t.equal((await say('DELETE', `/services/${id}`)).status, 404);
    const volume = volumeOf(id);
    await volumesSettled(api);
    await twice(
      t,
      api,
      'services_deleteVolume',
      async () => await say('DELETE', `/volumes/${volume}`, undefined, KEY),
      async () => {
        await api.happened(dropped(volume));
        await volumesSettled(api);
        t.equal((await say('GET', `/volumes/${volume}`)).status, 404, 'the volume was removed from its node');
      },
    );
    await say('PUT', '/registries/registry.example', { username: 'u', password: 'p' });
    await twice(
      t,
      api,
      'services_removeRegistry',
      async () => await say('DELETE', '/registries/registry.example', undefined, KEY),
    );
    const template = { name: 'one', type: 'web', config: { image: 'web:1' } };
    const made = (await as('root', 'POST', '/templates', template)).json() as { id: string };
    await twice(
      t,
      api,
      'services_removeTemplate',
      async () => await as('root', 'DELETE', `/templates/${made.id}`, undefined, KEY),
    );
  });

  await t.test('executes a repeated deletion on the environments surface once', async (t) => {
    const all: Scene = await condaScene(t);
    const { api } = all;
    const ann = await all.as('ann');
    await make(all, ann, 'data');
    const installing = ann('POST', '/environment/data/packages', { packages: ['numpy'] });
    await all.end(built({ python: '3.11.9', numpy: '1.24.3' }));
    await installing;
    const removing = ann('DELETE', '/environment/data/packages', { packages: ['numpy'] }, KEY);
    await all.end(built({ python: '3.11.9' }));
    await removing;
    await twice(
      t,
      api,
      'conda_removePackages',
      async () => await ann('DELETE', '/environment/data/packages', { packages: ['numpy'] }, KEY),
    );
    await twice(
      t,
      api,
      'conda_renameEnvironment',
      async () => await ann('PUT', '/environment/data', { new_name: 'other' }, KEY),
    );
    await make(all, ann, 'data');
    t.equal(
      (await ann('PUT', '/environment/data', { new_name: 'other' }, KEY)).status,
      200,
      'the repeated rename refers to the earlier environment of that name',
    );
    await twice(
      t,
      api,
      'conda_deleteEnvironment',
      async () => await ann('DELETE', '/environment/other', undefined, KEY),
      async () => await make(all, ann, 'other'),
    );
    t.equal(
      (await ann('GET', '/environment/other')).status,
      200,
      'a repeated deletion does not remove an environment that was created later',
    );
    const task = { task_name: 'report', script: 'print(1)', conda_env: 'data', delay_seconds: 3600 };
    const made = (await ann('POST', '/tasks', task)).json() as { task: { task_id: number } };
    await twice(
      t,
      api,
      'conda_deleteTask',
      async () => await ann('DELETE', `/tasks/${made.task.task_id}`, undefined, KEY),
    );
  });

  await t.test('executes a repeated deletion on the cluster and GPU surfaces once', async (t) => {
    const { api, root, ann } = await tasksScene(t);
    await api.say('POST', '/jobs', aJob({ job_id: 'j' }));
    await twice(t, api, 'cluster_stopJob', async () => await api.say('DELETE', '/jobs/j', undefined, KEY));
    await twice(
      t,
      api,
      'cluster_deleteJob',
      async () => await api.say('POST', '/jobs/j/delete', undefined, KEY),
    );
    t.equal(
      (await api.say('DELETE', '/jobs/j', undefined, KEY)).status,
      200,
      'a repeated stop gets its first response even after the job was deleted',
    );
    const { task_groups } = aJob() as { task_groups: unknown };
    const template = (
      await api.say('POST', '/templates', { name: 'one', description: '', task_groups })
    ).json() as { template_id: string };
    await twice(
      t,
      api,
      'cluster_deleteTemplate',
      async () => await api.say('DELETE', `/templates/${template.template_id}`, undefined, KEY),
    );
    await api.happened(nodeUp, nodeDown);
    await twice(
      t,
      api,
      'cluster_removeNode',
      async () => await api.say('DELETE', '/nodes/n1', undefined, KEY),
      async () => await api.happened(nodeUp),
    );
    const key = (await api.say('POST', '/api/auth/api-keys', { name: 'k', scopes: ['gpu'] }, ann)).json() as {
      id: string;
    };
    await twice(
      t,
      api,
      'gpu_revokeApiKey',
      async () => await api.say('DELETE', `/api/auth/api-keys/${key.id}`, undefined, { ...ann, ...KEY }),
    );
    const claim = (
      await api.say(
        'POST',
        '/api/gpu-claims',
        { spec: { image: 'busybox', resources: { gpuCount: 1 } } },
        ann,
      )
    ).json() as { id: string };
    await twice(
      t,
      api,
      'gpu_releaseClaim',
      async () => await api.say('DELETE', `/api/gpu-claims/${claim.id}`, undefined, { ...ann, ...KEY }),
    );
    const node = (await api.say('POST', '/api/nodes/register', { hostname: 'gpu-1' })).json() as {
      id: string;
    };
    await twice(
      t,
      api,
      'gpu_forgetNode',
      async () => await api.say('DELETE', `/api/nodes/${node.id}`, undefined, { ...root, ...KEY }),
    );
    const { users } = (await api.say('GET', '/api/auth/users?username=ann', undefined, root)).json() as {
      users: { id: string }[];
    };
    const erase = `/api/auth/users/${users[0]?.id}`;
    await twice(
      t,
      api,
      'gpu_eraseUser',
      async () => await api.say('DELETE', erase, undefined, { ...root, ...KEY }),
    );
  });
});

/** Commands that need a joined node, take no key, or write no event. */
const ELSEWHERE = ['agent_stopAllocation', 'gpu_revokeNodeSecret', 'console_signOut'];

void t.test('covers every DELETE operation of every surface', async (t) => {
  const folder = join(import.meta.dirname, '../../../../openapi');
  const deletions = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const { paths = {} } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
        paths?: Record<string, { delete?: { operationId: string } }>;
      };
      return Object.values(paths).flatMap(({ delete: operation }) => operation?.operationId ?? []);
    });
  t.same(
    deletions.filter((each) => !asked.has(each) && !ELSEWHERE.includes(each)),
    [],
  );
});
