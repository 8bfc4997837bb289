import t from 'tap';
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
