import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { startBasicAgent } from '../fixtures/basic-agent.js';
import { readEvents } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { Diary, isAlive, job } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

const KEY = 'test-key';
const CLEARED = {
  message: '所有数据已清空',
  cleared_items: {
    jobs: '所有作业',
    nodes: '所有节点',
    allocations: '所有分配',
    task_status: '所有任务状态',
  },
};

const server = await startServer(t, {
  dataDir: join(ownFolder(t), 'server'),
  env: { MUSTER_TEST_API_KEY: KEY },
});

void t.test(
  'clear-all empties every list, stops all tasks and keeps the history, even if the server is killed after it',
  async (t) => {
    const folder = ownFolder(t);
    const diary = new Diary(join(folder, 'diary'));
    mkdirSync(diary.folder);
    const agent = await startAgent(t, server, { dataDir: join(folder, 'agent') });
    const basic = await startBasicAgent(t, {
      serverUrl: server.url,
      nodeId: 'third-party',
      resources: { cpu: 1000, memory: 1000 },
    });
    const ids = ['one', 'two', 'three'];
    for (const id of ids)
      await server.api.submit(
        job(id, {
          command: diary.command(id, 3600),
          cpu: 20,
          memory: 16,
          constraints: [{ attribute: 'node_id', operator: '=', value: agent.nodeId }],
        }),
      );
    await server.api.submit(
      job('basic', { constraints: [{ attribute: 'node_id', operator: '=', value: 'third-party' }] }),
    );
    await server.api.post('/templates', { name: 'template' });
    for (const id of [...ids, 'basic']) await server.api.jobIs(id, 'running');
    await eventually(() => ids.every((id) => diary.count(id, 'started') === 1));
    const pids = ids.map((id) => diary.pid(id));

    for (const headers of [{}, { 'x-api-key': 'wrong' }] as Record<string, string>[]) {
      const refused = await server.api.post('/test/clear-all', undefined, { headers });
      t.same([refused.status, refused.body], [401, { error: 'Invalid API key' }]);
    }
    basic.manners.silent = true;
    const answer = await server.api.post('/test/clear-all', undefined, { headers: { 'x-api-key': KEY } });
    t.same([answer.status, answer.body], [200, CLEARED]);
    await server.restart();
    t.same((await server.api.get('/jobs')).body, { jobs: [], count: 0 });
    t.same((await server.api.get('/templates')).body, { templates: [], count: 0 });
    await eventually(() => pids.every((pid) => !isAlive(pid)), {
      timeout: 30_000,
      what: 'the end of all tasks',
    });
    t.ok((await readEvents(server, { types: ['JobSubmitted'] })).length === 4, 'the history is retained');

    // The same ids can be used again.
    basic.manners.silent = false;
    await eventually(
      async () => (await server.api.nodes()).some((node) => node.node_id === agent.nodeId && node.healthy),
      {
        timeout: 20_000,
        what: 'the new registration of the agent',
      },
    );
    t.equal(
      (await server.api.submit(job('one', { command: diary.command('again', 3600), cpu: 20, memory: 16 })))
        .message,
      '作业评估已创建并加入队列',
    );
    await server.api.jobIs('one', 'running');
    t.equal((await server.api.jobs()).length, 1);
    await invariantsHold(t, server);
  },
);

void t.test('after clear-all under load no job remains, and all invariants hold', async (t) => {
  await startBasicAgent(t, {
    serverUrl: server.url,
    nodeId: 'node',
    resources: { cpu: 100_000, memory: 100_000 },
    interval: 100,
  });
  for (let round = 0; round < 5; round += 1) {
    const load = Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        server.api.post('/jobs', job(`r${round}-${index}`, { cpu: 1, memory: 1 })),
      ),
    );
    t.equal(
      (await server.api.post('/test/clear-all', undefined, { headers: { 'x-api-key': KEY } })).status,
      200,
    );
    await load;
  }
  t.equal(
    (await server.api.post('/test/clear-all', undefined, { headers: { 'x-api-key': KEY } })).status,
    200,
  );
  t.same(await server.api.jobs(), []);
  await invariantsHold(t, server);
});

void t.test('without a configured key, clear-all is always refused', async (t) => {
  const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
  for (const key of ['', 'undefined', 'x']) {
    const refused = await server.api.post('/test/clear-all', undefined, { headers: { 'x-api-key': key } });
    t.same([refused.status, refused.body], [401, { error: 'Invalid API key' }]);
  }
});
