import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { taken, type Answer } from '../fixtures/api.js';
import { ownFolder } from '../fixtures/folder.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

const PASSWORD = 'password123';

void t.test('the log of each attempt of a run can be read', async (t) => {
  const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: PASSWORD } });
  const agent = await startAgent(t, server, { dataDir: join(ownFolder(t), 'agent') });
  const root = await TaskAccount.logIn(server.api, 'admin', PASSWORD);
  const account = async (username: string): Promise<TaskAccount> => {
    await server.api.post('/api/auth/register', { username, password: PASSWORD });
    return await TaskAccount.logIn(server.api, username, PASSWORD);
  };
  const [ann, ben] = [await account('ann'), await account('ben')];
  const logs = async (task: number, query: string, of = ann): Promise<Answer<unknown>> =>
    await of.api.get(`/api/tasks/${task}/runs/1/logs${query}`, { headers: of.headers });
  const cli = async (...words: string[]) =>
    await muster(['task', ...words], { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: ann.token });

  const failing = await ann.create({
    name: 'failing',
    retry_count: 2,
    retry_delay_seconds: 1,
    timeout_seconds: 3,
    command: `case $MUSTER_ATTEMPT in
1) echo "the real reason: token expired"; exit 7;;
2) echo "too slow"; sleep 600;;
esac
echo fine`,
  });
  await ann.trigger(failing.id);
  t.match(await ann.is(failing.id, 1, 'success'), {
    former_tries: [
      { attempt: 1, execution: 1, after: 'failed' },
      { attempt: 2, execution: 1, after: 'timeout' },
    ],
  });
  const expected = ['the real reason: token expired\n', 'too slow\n', 'fine\n'];
  for (const [index, text] of expected.entries()) {
    t.match(await logs(failing.id, `?attempt=${index + 1}`), { status: 200, text });
    t.match(await cli('logs', 'failing', '--attempt', String(index + 1)), {
      code: 0,
      stdout: text.trim(),
    });
  }
  t.match(await logs(failing.id, ''), { text: 'fine\n' }, 'the latest attempt is the default');
  t.match(await logs(failing.id, '?attempt=4'), { status: 404, text: /run 1 of task \d+ has no attempt 4/ });
  for (const wrong of ['0', 'x', '1.', '-1'])
    t.match(await logs(failing.id, `?attempt=${wrong}`), { status: 400, text: /attempt/ });
  t.equal((await logs(failing.id, '?attempt=1', ben)).status, 404, 'another tenant does not see the run');
  t.match(JSON.parse((await cli('logs', 'failing', '-o', 'json')).stdout), {
    task_id: failing.id,
    run_id: 1,
    time: /^\d{4}-.*Z$/,
    line: 'fine',
  });
  t.match((await cli('why', 'failing')).stdout, `muster task logs ${failing.id} 1 --attempt 2`);

  const moved = await ann.create({ name: 'moved', command: 'cat /proc/sys/kernel/random/uuid; sleep 600' });
  await ann.trigger(moved.id);
  await ann.is(moved.id, 1, 'running');
  await root.api.post(`/nodes/${agent.nodeId}/drain`, { enable: true, deadline_seconds: 0 });
  await ann.is(moved.id, 1, 'retrying');
  taken(await root.api.post(`/nodes/${agent.nodeId}/drain`, { enable: false }));
  t.match(await ann.is(moved.id, 1, 'running'), {
    attempt: 1,
    former_tries: [{ attempt: 1, execution: 1, after: 'lost' }],
  });
  t.match((await cli('why', 'moved')).stdout, `muster task logs ${moved.id} 1 --attempt 1.1`);
  const [first, second, latest] = await Promise.all(
    ['1.1', '1.2', '1'].map(async (name) => (await logs(moved.id, `?attempt=${name}`)).text),
  );
  t.match(first, /^[0-9a-f-]{36}\n$/);
  t.match(second, /^[0-9a-f-]{36}\n$/);
  t.not(first, second, 'the executions of one attempt have different logs');
  t.equal(latest, second);
  t.equal((await logs(moved.id, '?attempt=1.3')).status, 404);
  await ann.call('post', `/api/tasks/${moved.id}/runs/1/cancel`);
  await ann.is(moved.id, 1, 'cancelled');

  await agent.stop();
  for (const [index, text] of expected.entries())
    t.match(
      await logs(failing.id, `?attempt=${index + 1}`),
      { status: 200, text, headers: { 'x-muster-log-end': 'true' } },
      'the stored end is sent if the worker does not respond',
    );
});
