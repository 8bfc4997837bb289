import t from 'tap';
import { ActorNames } from '#src/features/visibility/actors.js';
import { EVENT_CATALOG } from '#domain/all-events.js';
import { VisibleObjects } from '#src/features/visibility/visible-objects.js';
import { ANONYMOUS } from '#src/accounts/index.js';
import { aJob } from '../../http/support/test-api.js';
import { tasksScene } from '../../surfaces/tasks/routes/scene.js';

void t.test('names the API key that an account used, until it is revoked', async (t) => {
  const { api, ann } = await tasksScene(t);
  const issued = await api.say('POST', '/api/auth/api-keys', { name: 'ci', scopes: ['tasks'] }, ann);
  t.equal(issued.status, 201, issued.body);
  const { id, api_key: secret } = issued.json() as { id: string; api_key: string };
  const made = await api.say(
    'POST',
    '/api/tasks',
    { name: 'backup', executor: 'http', url: 'https://example.com/' },
    { authorization: `Bearer ${secret}` },
  );
  t.equal(made.status, 201, made.body);
  const { data } = made.json() as { data: { id: number } };
  const changed = await api.say('PUT', `/api/tasks/${data.id}`, { description: 'changed' }, ann);
  t.equal(changed.status, 200, changed.body);
  const actors = async (): Promise<unknown[]> => {
    const answer = await api.say(
      'GET',
      `/audit/changes?of=task:${data.id}&direction=forwards`,
      undefined,
      ann,
    );
    return (answer.json() as { changes: { actor_name: string }[] }).changes.map(
      ({ actor_name: name }) => name,
    );
  };
  t.same(await actors(), ['ann (key ci)', 'ann']);
  const created = (await api.events()).find(({ type }) => type === 'TaskCreated');
  t.match(JSON.parse(created?.metadata ?? ''), { actor: /^user:/, apiKey: id });
  await api.say('DELETE', `/api/auth/api-keys/${id}`, undefined, ann);
  t.same(await actors(), [`ann (key ${id.slice(0, 8)})`, 'ann']);
});

void t.test('every view of who did something names the API key that was used', async (t) => {
  const { api, root } = await tasksScene(t);
  const scopes = ['tasks', 'services', 'cluster', 'audit'];
  const issued = await api.say('POST', '/api/auth/api-keys', { name: 'ci', scopes }, root);
  t.equal(issued.status, 201, issued.body);
  const key = { authorization: `Bearer ${(issued.json() as { api_key: string }).api_key}` };
  const does = async (path: string, body: unknown, method: 'POST' | 'PUT' = 'POST') => {
    const done = await api.say(method, path, body, key);
    t.match(done.status, /^20/, done.body);
    return done.json();
  };
  const task = await does('/api/tasks', { name: 'backup', executor: 'http', url: 'https://example.com/' });
  const tasks = `/api/tasks/${(task as { data: { id: number } }).data.id}`;
  const triggered = await does(`${tasks}/trigger`, {});
  t.match(triggered, { data: { created_by: /^user:/, created_by_name: 'root (key ci)' } });
  await does(`${tasks}/runs/1/rerun`, {});
  const config = { image: 'web:1', ports: [80] };
  const { id } = (await does('/api/v1/services', { name: 'web', type: 'custom', config })) as { id: string };
  await does(`/api/v1/services/${id}/start`, undefined);
  await does('/jobs', aJob({ job_id: 'hello' }));
  await does('/api/secrets/db', { value: 'kept' }, 'PUT');
  await does('/api/v1/registries/example.com', { username: 'robot', password: 'kept' }, 'PUT');
  await api.caughtUp();
  const namesIn = async (path: string, field: string): Promise<unknown[]> => {
    const { status, body } = await api.say('GET', path, undefined, root);
    t.equal(status, 200, body);
    return [...body.matchAll(new RegExp(`"${field}":("[^"]*"|null)`, 'g'))].map(([, name]) =>
      JSON.parse(name!),
    );
  };
  for (const [path, field] of [
    [`${tasks}/runs`, 'created_by_name'],
    [`${tasks}/runs/1`, 'created_by_name'],
    [`/api/v1/services/${id}/versions`, 'created_by_name'],
    [`/api/v1/services/${id}/deployments`, 'deployed_by_name'],
    ['/jobs/hello/versions', 'created_by_name'],
    ['/api/secrets', 'updated_by_name'],
    ['/api/secrets/db', 'updated_by_name'],
    ['/api/v1/registries', 'updated_by_name'],
    ['/audit/changes?of=job:hello', 'actor_name'],
    ['/console/api/changes/page?from=0&actor=root&type=JobSubmitted&limit=100', 'actor_name'],
    ['/console/api/events?actor=root%20(key%20ci)', 'actor_name'],
  ] as const) {
    const names = await namesIn(path, field);
    t.ok(names.length > 0, path);
    t.same(new Set(names), new Set(['root (key ci)']), path);
  }
});

void t.test('names nodes by their hosts, and components', async (t) => {
  const { api, root } = await tasksScene(t);
  const names = new ActorNames({ readModels: api.models, identity: api.identity });
  const { id: node } = (await api.say('POST', '/api/nodes/register', { hostname: 'vm-3' }, root)).json() as {
    id: string;
  };
  await api.caughtUp();
  t.same(
    await Promise.all(
      [
        `node:${node}`,
        'node:gone',
        'saga:scheduler',
        'operator-key',
        'local:root',
        'anonymous',
        undefined,
      ].map(async (actor) => await names.of(actor === undefined ? {} : { actor })),
    ),
    ['node vm-3', 'node gone', 'scheduler', 'operator', 'local root', 'anonymous caller', null],
  );
});

void t.test('shows a member of the tenant another tenant’s account as an operator', async (t) => {
  const { api, ann, root } = await tasksScene(t);
  const task = { name: 'backup', executor: 'http', url: 'https://example.com/' };
  await api.say('POST', '/api/tasks', task, ann);
  const triggered = await api.say('POST', '/api/tasks/1/trigger', {}, root);
  t.equal(triggered.status, 201, triggered.body);
  await api.caughtUp();
  const shown = async (headers: Readonly<Record<string, string>>) =>
    ((await api.say('GET', '/api/tasks/1/runs', undefined, headers)).json() as { data: unknown[] }).data[0];
  t.match(await shown(ann), { created_by: 'operator-key', created_by_name: 'operator' });
  const seenBy = (isOperator: boolean) =>
    new VisibleObjects(
      { eventStore: api.store, catalog: EVENT_CATALOG, readModels: api.models, history: undefined },
      { principal: ANONYMOUS, isOperator },
    ).showActor({ actor: 'local:jane' });
  t.same(await seenBy(false), { actor: 'operator-key' }, 'nor users of the server’s machine');
  t.same(await seenBy(true), { actor: 'local:jane' });
  t.match(await shown(root), { created_by: /^user:/, created_by_name: 'root' });
});

void t.test('reads an account once for all its keys in one response', async (t) => {
  const { api, ann } = await tasksScene(t);
  const { id } = (
    await api.say('POST', '/api/auth/api-keys', { name: 'ci', scopes: ['tasks'] }, ann)
  ).json() as { id: string };
  const issued = (await api.events()).find(({ type }) => type === 'ApiKeyIssued');
  const { actor } = JSON.parse(issued?.metadata ?? '') as { actor: string };
  let reads = 0;
  const users = Object.assign(Object.create(api.identity.users) as typeof api.identity.users, {
    state: async (account: string) => {
      reads += 1;
      return await api.identity.users.state(account);
    },
  });
  const names = new ActorNames({ readModels: api.models, identity: { ...api.identity, users } });
  await api.caughtUp();
  const events = Array.from({ length: 5 }, () => ({ actor, apiKey: id }));
  t.same(
    await Promise.all(events.map(async (event) => await names.of(event))),
    events.map(() => 'ann (key ci)'),
  );
  t.equal(reads, 1);
});

void t.test('the refusal of a key by the quota of bytes in the log names the key', async (t) => {
  const { api, ann, root } = await tasksScene(t);
  const issued = await api.say('POST', '/api/auth/api-keys', { name: 'ci', scopes: ['tasks'] }, ann);
  const { id, api_key: secret } = issued.json() as { id: string; api_key: string };
  const set = await api.say('PUT', '/api/quotas/tenants/a/log_bytes_per_day', { limit: '0' }, root);
  t.equal(set.status, 200, set.body);
  const task = { name: 'backup', executor: 'http', url: 'https://example.com/' };
  const refused = await api.say('POST', '/api/tasks', task, { authorization: `Bearer ${secret}` });
  t.equal(refused.status, 429, refused.body);
  const recorded = (await api.events()).find(({ type }) => type === 'QuotaRefused');
  t.match(JSON.parse(recorded?.metadata ?? ''), { actor: /^user:/, apiKey: id });
});
