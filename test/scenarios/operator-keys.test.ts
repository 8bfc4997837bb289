import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { readRecorded } from '../fixtures/event-log.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(600_000);

const [KEY, OTHER] = ['first-key-0123456789', 'second-key-0123456789'];
const THIRD = 'third-key-0123456789';

void t.test("an operator's key has full access, and its tasks outlive the key and a crash", async (t) => {
  const env = { MUSTER_API_KEYS: `${KEY},${OTHER}`, MUSTER_OPEN_EXECUTION: 'false' };
  const server = await startServer(t, { env });
  await startAgent(t, server);
  const [one, other] = [KEY, OTHER].map((key) => TaskAccount.withToken(server.api, key)) as [
    TaskAccount,
    TaskAccount,
  ];
  for (const wrong of [KEY.slice(1), `${KEY}x`, `${KEY},${OTHER}`])
    t.equal((await TaskAccount.withToken(server.api, wrong).call('get', '/api/tasks')).status, 401);

  const { id, created_by: by } = await one.create({
    name: 'tick',
    schedule: '* * * * * *',
    command: 'echo ticked',
  });
  t.equal(by, 'operator-key');
  await one.is(id, 1, 'success');
  t.match(await other.task(id), { name: 'tick' }, 'another key acts as the same operator');
  t.equal((await other.call('put', `/api/tasks/${id}`, { description: 'changed' })).status, 200);

  t.match((await server.api.get('/api/auth/me', { headers: one.headers })).body, {
    id: 'operator-key',
    user_id: 0,
    role: 'admin',
    tenant_id: 'default',
  });
  t.equal(
    (await server.api.post('/api/auth/api-keys', { name: 'k', scopes: ['*'] }, { headers: one.headers }))
      .status,
    403,
  );
  t.equal(
    (await server.api.get('/jobs', { headers: one.headers })).status,
    200,
    'the key reads the jobs of the cluster',
  );
  t.equal((await server.api.get('/jobs', { headers: { 'x-api-key': OTHER } })).status, 200);
  t.equal(
    (await server.api.get('/audit/events', { headers: one.headers })).status,
    200,
    'the key reads the audit events',
  );
  const claim = await server.api.post<{ user_id: number }>(
    '/api/gpu-claims',
    { spec: { image: 'debian', resources: { gpuCount: 1 } } },
    { headers: one.headers },
  );
  t.match(claim, { status: 202 }, `the key can claim a GPU: ${claim.text}`);
  t.match(
    await muster(['user', 'create', 'ann', '--generate', '--tenant', 'default'], {
      MUSTER_SERVER_URL: server.url,
      MUSTER_TOKEN: KEY,
    }),
    { code: 0 },
  );
  t.match(await muster(['worker', 'list'], { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: OTHER }), {
    code: 0,
  });

  await server.kill();
  const { dataDir, wiring, port } = server;
  const next = await startServer(t, { dataDir, wiring, port, env: { ...env, MUSTER_API_KEYS: THIRD } });
  t.equal((await one.call('get', '/api/tasks')).status, 401, 'a removed key is refused');
  const third = TaskAccount.withToken(next.api, THIRD);
  const newest = (await third.runs(id, '?size=1'))[0]?.id ?? 0;
  await third.is(id, newest + 2, 'success');
  await third.call('delete', `/api/tasks/${id}`);
  await next.stop();

  const events = (await readRecorded(next)).map(({ data, metadata }) => `${data}${metadata}`).join('\n');
  t.match(events, '"actor":"operator-key"');
  for (const key of [KEY, OTHER, THIRD]) {
    t.notOk(events.includes(key), 'no event contains a key');
    t.notOk(
      [server, next]
        .flatMap(({ program }) => [...program.stdout, ...program.stderr])
        .join('\n')
        .includes(key),
      'no log contains a key',
    );
  }
});
