import t from 'tap';
import { aJob, openTestApi } from '../../../http/support/test-api.js';

const { say, events } = await openTestApi(t);
const job = aJob();

async function create(body: object): Promise<string> {
  const answer = await say('POST', '/templates', body);
  t.equal(answer.status, 200);
  t.match(answer.json(), { template_id: /^[0-9a-f-]{36}$/, message: '作业模板创建成功' });
  return (answer.json() as { template_id: string }).template_id;
}

void t.test('requires only a name, and returns the other fields as null or empty', async (t) => {
  const id = await create({ name: 'bare' });
  t.match((await say('GET', `/templates/${id}`)).json(), {
    template_id: id,
    name: 'bare',
    description: null,
    task_groups: [],
    constraints: {},
    created_at: Number,
    updated_at: Number,
  });
});

void t.test('returns a template as submitted, and lists it without groups', async (t) => {
  const content = { name: 'web', description: 'A web server', ...job, constraints: { disk: 'ssd' } };
  const id = await create(content);
  const read = (await say('GET', `/templates/${id}`)).json() as Record<string, unknown>;
  t.match(read, content);
  const listed = (await say('GET', '/templates')).json() as {
    templates: Record<string, unknown>[];
    count: number;
  };
  t.equal(listed.count, listed.templates.length);
  const { created_at, updated_at } = read;
  t.same(listed.templates.at(-1), {
    template_id: id,
    name: 'web',
    description: 'A web server',
    created_at,
    updated_at,
  });
});

void t.test('updates only the given fields by PUT', async (t) => {
  const id = await create({ name: 'before', description: 'stays', ...job });
  const done = await say('PUT', `/templates/${id}`, { name: 'after' });
  t.same(done.json(), { message: '作业模板更新成功' });
  t.match((await say('GET', `/templates/${id}`)).json(), { name: 'after', description: 'stays', ...job });
  t.equal((await say('PUT', `/templates/${id}`, { description: null })).status, 200);
  t.match((await say('GET', `/templates/${id}`)).json(), { description: null });
  const before = (await events()).length;
  t.equal((await say('PUT', `/templates/${id}`, {})).status, 200, 'an update without fields changes nothing');
  t.equal((await events()).length, before);
});

void t.test('removes a template by DELETE', async (t) => {
  const id = await create({ name: 'gone' });
  t.same((await say('DELETE', `/templates/${id}`)).json(), { message: '作业模板删除成功' });
  t.equal((await say('GET', `/templates/${id}`)).status, 404);
  t.notMatch((await say('GET', '/templates')).body, id);
});

void t.test('responds 404 模板不存在 on every route for an unknown template', async (t) => {
  for (const [method, body] of [['GET'], ['PUT', { name: 'x' }], ['DELETE']] as const) {
    const answer = await say(method, '/templates/none', body);
    t.equal(answer.status, 404, method);
    t.same(answer.json(), { error: '模板不存在' });
  }
});

void t.test('validates the groups of a template like those of a job', async (t) => {
  const before = (await events()).length;
  for (const body of [
    {},
    { name: '' },
    { name: 'x', task_groups: [] },
    { name: 'x', task_groups: [{ name: 'g', tasks: [] }] },
    { name: 'x', extra: 1 },
    { name: 7 },
  ]) {
    const answer = await say('POST', '/templates', body);
    t.equal(answer.status, 400, JSON.stringify(body));
    t.same(Object.keys(answer.json()), ['error']);
  }
  const regex = {
    name: 'x',
    task_groups: [
      {
        name: 'g',
        tasks: [{ name: 't', config: { command: 'true' } }],
        constraints: [{ attribute: 'a', operator: 'regex', value: '(' }],
      },
    ],
  };
  t.match((await say('POST', '/templates', regex)).json(), {
    error: /^task_groups\[0\]\.constraints\[0\]\.value: /,
  });
  t.equal((await events()).length, before);
});

void t.test('pages lists by limit and after', async (t) => {
  const ids = [await create({ name: 'p1' }), await create({ name: 'p2' }), await create({ name: 'p3' })];
  const list = async (query: string) =>
    (
      (await say('GET', `/templates?${query}`)).json() as { templates: { template_id: string }[] }
    ).templates.map((each) => each.template_id);
  t.same(await list(`after=${ids[0]}`), ids.slice(1));
  t.same(await list(`after=${ids[0]}&limit=1`), ids.slice(1, 2));
  t.same(await list('after=none'), []);
});

void t.test('refuses names that look like an id or are invisible', async (t) => {
  const id = await create({ name: 'kept' });
  const before = (await events()).length;
  for (const name of [id, '\u200b', '\u3164']) {
    for (const [method, path] of [
      ['POST', '/templates'],
      ['PUT', `/templates/${id}`],
    ] as const) {
      const said = await say(method, path, { name });
      t.equal(said.status, 400, `${method} ${name}`);
      t.match(said.body, /name/);
    }
  }
  t.equal((await events()).length, before);
  t.equal((await say('PUT', `/templates/${id}`, { name: '2024' })).status, 200);
});
