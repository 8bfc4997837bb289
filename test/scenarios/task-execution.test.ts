import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { taken } from '../fixtures/api.js';
import { eventually } from '../fixtures/eventually.js';
import { muster } from '../fixtures/program.js';
import { startServer, type Server } from '../fixtures/server.js';
import { TaskAccount, type RunView } from '../fixtures/task-account.js';

t.setTimeout(600_000);

const password = 'password123';
const command = { executor: 'shell', command: 'true' } as const;
const refused = { status: 403, body: { success: false, data: null, message: /muster user grant|has no|may run no processes|scope tasks:execute/ } };

async function account(server: Server, username: string): Promise<TaskAccount> {
  await server.api.post('/api/auth/register', { username, password });
  return await TaskAccount.logIn(server.api, username, password);
}

async function apiKey(of: TaskAccount, ...scopes: string[]): Promise<TaskAccount> {
  const { body } = await of.api.post<{ api_key: string }>('/api/auth/api-keys', { name: 'k', scopes }, { headers: of.headers });
  return TaskAccount.withToken(of.api, body.api_key);
}

void t.test('processes are for whom an administrator made, or granted it to, and only as long as that holds', async (t) => {
  const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: password, MUSTER_OPEN_EXECUTION: 'false' } });
  await startAgent(t, server);
  const root = await TaskAccount.logIn(server.api, 'admin', password);
  const env = { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: root.token };

  const ann = await account(server, 'ann');
  t.match(await ann.call('post', '/api/tasks', { name: 'a', ...command }), refused, 'who registered himself may not');
  t.match(await muster(['user', 'grant', 'ann'], env), { code: 0, stdout: 'ann: The account may run processes on workers' });
  const { id } = await ann.create({ name: 'a', schedule: '* * * * * *', command: 'true' });
  await ann.is(id, 1, 'success');

  t.match(await muster(['user', 'create', 'ben', '--generate'], env), { code: 0 });
  await server.api.post('/api/auth/users', { username: 'cid', password, role: 'user' }, { headers: root.headers });
  const cid = await TaskAccount.logIn(server.api, 'cid', password);
  await cid.create({ name: 'c', command: 'true' });
  t.match(await (await apiKey(cid, 'tasks:write')).call('post', '/api/tasks', { name: 'd', ...command }), refused, 'a key without the scope');
  t.equal((await (await apiKey(cid, 'tasks:write', 'tasks:execute')).call('post', '/api/tasks', { name: 'd', ...command })).status, 201);

  t.match(await muster(['user', 'revoke', 'ann'], env), { code: 0 });
  t.match(await (await apiKey(ann, 'tasks')).call('post', '/api/tasks', { name: 'b', ...command }), refused, 'a key never has more than its account');
  for (const [method, path, body] of [
    ['post', `/api/tasks/${id}/trigger`, undefined],
    ['post', `/api/tasks/${id}/runs/1/rerun`, undefined],
    ['put', `/api/tasks/${id}`, { command: 'false' }],
  ] as const)
    t.match(await ann.call(method, path, body), refused, path);
  t.match(await root.call('post', `/api/tasks/${id}/trigger`), { ...refused, body: { message: /the account that made the task \d+ may run no processes/ } });
  await eventually(async () => (await ann.schedule(id, '?past=1')).past[0]?.reason === 'not_permitted', { timeout: 30_000, what: 'a slot that is skipped' });
  t.match((await ann.runs(id, '?status=skipped'))[0], { status: 'skipped', reason: 'not_permitted' });
  t.match(await muster(['user', 'grant', 'ann'], env), { code: 0 });
  await eventually(async () => (await ann.schedule(id, '?past=1')).past[0]?.decision === 'run', { timeout: 30_000, what: 'a slot that runs again' });
});

void t.test('where nobody else reaches the server every account may', async (t) => {
  const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: password } });
  const ann = await account(server, 'ann');
  t.match(await ann.create({ name: 'a', command: 'true' }), { status: 'active' });
});

void t.test('no process of a tenant runs as the operator, and the run says why', async (t) => {
  const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: password } });
  const root = await TaskAccount.logIn(server.api, 'admin', password);
  await startAgent(t, server, { env: { MUSTER_AGENT_ATTRIBUTES: 'exec.tenants=refused' } });
  const { id } = await root.create({ name: 'a', command: 'true' });
  await root.trigger(id);
  let run: RunView | undefined;
  await eventually(async () => (run = await root.run(id, 1)).reason === 'worker_shares_its_user', { timeout: 30_000, what: 'a run that says why it waits' });
  t.match(run, { status: 'pending', worker: null });
  taken(await server.api.post('/jobs', { job_id: 'own', task_groups: [{ name: 'g', tasks: [{ name: 't', config: { command: 'true' } }] }] }));
  await server.api.jobIs('own', 'complete', 60_000);
});
