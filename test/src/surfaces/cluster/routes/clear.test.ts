import t from 'tap';
import { aJob, openTestApi } from '../../../http/support/test-api.js';

const { say, events } = await openTestApi(t);
const key = { 'x-api-key': 'test-key' };

void t.test('clears nothing without the right key', async (t) => {
  for (const headers of [{}, { 'x-api-key': '' }, { 'x-api-key': 'wrong' }, { 'x-api-key': 'test-key2' }]) {
    const answer = await say('POST', '/test/clear-all', undefined, headers);
    t.equal(answer.status, 401);
    t.same(answer.json(), { error: 'Invalid API key' });
  }
  t.same(await events(), []);
});

void t.test('clears everything with one event, and frees every id', async (t) => {
  await say('POST', '/jobs', aJob({ job_id: 'a' }));
  await say('POST', '/register', { node_id: 'n', ip_address: '10.0.0.1', resources: { cpu: 1, memory: 1 } });
  await say('POST', '/templates', { name: 't' });
  const done = await say('POST', '/test/clear-all', 'any body at all', {
    ...key,
    'content-type': 'application/nonsense',
  });
  t.equal(done.status, 200);
  t.same(done.json(), {
    message: '所有数据已清空',
    cleared_items: {
      jobs: '所有作业',
      nodes: '所有节点',
      allocations: '所有分配',
      task_status: '所有任务状态',
    },
  });
  t.same(
    (await events()).map(({ type }) => type),
    ['JobSubmitted', 'NodeRegistered', 'TemplateCreated', 'ClusterCleared'],
    'earlier events stay in the log',
  );
  t.same((await say('GET', '/jobs')).json(), { jobs: [], count: 0 });
  t.same((await say('GET', '/nodes')).json(), { nodes: [], count: 0 });
  t.same((await say('GET', '/templates')).json(), { templates: [], count: 0 });
  t.equal((await say('DELETE', '/jobs/a')).status, 404);
  t.equal((await say('POST', '/heartbeat', { node_id: 'n' })).status, 400);

  t.equal((await say('POST', '/jobs', aJob({ job_id: 'a' }))).status, 200);
  t.match((await say('GET', '/jobs/a')).json(), { status: 'pending' });
  t.equal((await events()).at(-1)?.type, 'JobSubmitted');
  t.equal(
    (
      await say('POST', '/register', {
        node_id: 'n',
        ip_address: '10.0.0.1',
        resources: { cpu: 1, memory: 1 },
      })
    ).status,
    200,
  );
});

void t.test('refuses every key if none is configured, and nodes without the join token', async (t) => {
  const api = await openTestApi(t, {
    settings: { testApiKey: undefined, host: '127.0.0.1', joinToken: 'a-join-token-of-16' },
  });
  t.equal((await api.say('POST', '/test/clear-all', undefined, { 'x-api-key': '' })).status, 401);
  t.equal((await api.say('POST', '/test/clear-all', undefined, { 'x-api-key': 'undefined' })).status, 401);

  const registration = { node_id: 'n', ip_address: '10.0.0.1', resources: { cpu: 1, memory: 1 } };
  const bearer = { authorization: 'Bearer a-join-token-of-16' };
  for (const headers of [
    {},
    { authorization: 'Bearer wrong' },
    { authorization: 'Basic a-join-token-of-16' },
  ]) {
    for (const [method, url, body] of [
      ['POST', '/register', registration],
      ['POST', '/heartbeat', { node_id: 'n' }],
      ['GET', '/nodes/n/desired'],
    ] as const) {
      const answer = await api.say(method, url, body, headers);
      t.equal(answer.status, 401, `${method} ${url}`);
      t.match(answer.json(), { error: /join token/ });
    }
  }
  t.equal((await api.say('POST', '/register', registration, bearer)).status, 200);
  t.equal((await api.say('POST', '/heartbeat', { node_id: 'n' }, bearer)).status, 200);
  t.equal((await api.say('GET', '/nodes/n/desired', undefined, bearer)).status, 200);
});
