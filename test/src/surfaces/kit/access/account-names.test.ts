import t from 'tap';
import { ActorNames } from '#src/surfaces/kit/access/account-names.js';
import { tasksScene } from '../../tasks/routes/scene.js';

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
