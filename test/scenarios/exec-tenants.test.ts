import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { readEvents } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { NatsServer, natsServers } from '../fixtures/nats-server.js';
import { canBeOthers } from '../fixtures/other-user.js';
import { MUSTER, muster } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(600_000);
const password = 'password123';

void t.test('an agent that is reached over HTTP', async (t) => {
  if (required(t, canBeOthers(), 'root and setpriv')) await commandsStayInTheTenant(t, {}, {});
});

void t.test('an agent that is reached over NATS', async (t) => {
  const [binary] = natsServers();
  if (!required(t, canBeOthers(), 'root and setpriv')) return;
  if (!required(t, binary !== undefined, 'nats-server') || binary === undefined) return;
  const nats = await NatsServer.start(t, { binary, jetstream: true });
  const env = { MUSTER_NATS_URL: nats.url, MUSTER_JOIN_TOKEN: 'x'.repeat(20) };
  await commandsStayInTheTenant(t, env, { ...env, MUSTER_SERVER_URL: '' });
});

type Env = Readonly<Record<string, string>>;

/** Only an account that may change the task and may execute can run commands in it and copy files. For all others, nothing is sent or recorded. */
async function commandsStayInTheTenant(t: Test, env: Env, agentEnv: Env): Promise<void> {
  const folder = ownFolder(t);
  const server = await startServer(t, {
    dataDir: join(folder, 'server'),
    env: { ...env, MUSTER_ADMIN_PASSWORD: password, MUSTER_OPEN_EXECUTION: 'false' },
  });
  await startAgent(t, server, { dataDir: join(folder, 'agent'), env: agentEnv });
  const admin = await TaskAccount.logIn(server.api, 'admin', password);
  const account = async (username: string, role: string, tenant: string): Promise<TaskAccount> => {
    const body = { username, password, role, tenant_id: tenant };
    const { status } = await server.api.post('/api/auth/users', body, { headers: admin.headers });
    t.equal(status, 201);
    return await TaskAccount.logIn(server.api, username, password);
  };
  const owner = await account('owner', 'user', 'one');
  const callers: readonly (readonly [string, TaskAccount, number])[] = [
    ['another tenant', await account('other', 'user', 'two'), 404],
    ["another tenant's administrator", await account('chief', 'tenant_admin', 'two'), 404],
    ['a member of the tenant, who only sees the task', await account('member', 'user', 'one'), 403],
    ['an auditor', await account('auditor', 'auditor', 'one'), 403],
  ];
  const { id } = await owner.create({ name: 'long', command: 'echo kept > secret; exec sleep 1000' });
  await owner.trigger(id);
  await owner.is(id, 1, 'running');
  const allocation = await eventually(async () => {
    const started = (await readEvents(server)).find(({ type }) => type === 'AllocationStarted');
    return started?.type === 'AllocationStarted' ? started.data.allocationId : undefined;
  });

  const commands = async (): Promise<number> =>
    (await readEvents(server)).filter(({ type }) => type === 'TaskCommandStarted').length;
  const as = (who: TaskAccount): Env => ({ MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: who.token });
  const local = join(folder, 'copied');
  writeFileSync(join(folder, 'planted'), 'planted');
  /** Everything that the command line can do in the task, each successful for its owner. */
  const tried = async (who: TaskAccount) => [
    await muster(['exec', allocation, '--', 'cat', 'secret'], as(who)),
    await muster(['cp', `${allocation}:secret`, local], as(who)),
    await muster(['cp', join(folder, 'planted'), `${allocation}:secret`], as(who)),
  ];

  // A command of the owner that waits for input, which nobody else may send.
  const session = spawn(
    process.execPath,
    [MUSTER, 'exec', '-i', allocation, '--', 'sh', '-c', 'echo begun; cat'],
    {
      env: { ...process.env, ...as(owner) },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  t.teardown(() => session.kill('SIGKILL'));
  let shown = '';
  session.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  await eventually(() => shown.includes('begun'));
  const sessionId = (await readEvents(server)).flatMap(({ type, data }) =>
    type === 'TaskCommandStarted' ? [data.sessionId] : [],
  )[0];

  for (const [name, who, status] of callers) {
    const before = await commands();
    for (const { code, stdout, stderr } of await tried(who)) {
      t.not(code, 0, name);
      t.notMatch(stdout, 'kept');
      t.match(
        stderr,
        status === 404 ? /no such allocation/ : /FORBIDDEN|only the creator|permission|403/i,
        name,
      );
    }
    const path = `/allocations/${allocation}/exec`;
    const data = Buffer.from('typed\n').toString('base64');
    for (const [route, body] of [
      [path, { command: ['true'] }],
      [`${path}/${sessionId}/input`, { number: 0, data }],
      [`${path}/${sessionId}/resize`, { rows: 24, columns: 80 }],
    ] as const)
      t.equal(
        (await server.api.post(route, body, { headers: who.headers })).status,
        status,
        `${name}: ${route}`,
      );
    t.equal(await commands(), before, `${name}: nothing is recorded`);
    t.notOk(existsSync(local), name);
  }
  t.match(await muster(['exec', allocation, '--', 'cat', 'secret'], as(owner)), { code: 0, stdout: 'kept' });
  t.notMatch(shown, 'typed');

  t.match(await tried(owner), [{ code: 0, stdout: 'kept' }, { code: 0 }, { code: 0 }]);
  t.equal(readFileSync(local, 'utf8'), 'kept\n');
  t.match(await muster(['exec', allocation, '--', 'cat', 'secret'], as(owner)), { stdout: 'planted' });

  // Without the right to execute, the owner neither begins commands nor goes on with one.
  t.match(await muster(['user', 'revoke', 'owner'], as(admin)), { code: 0 });
  const before = await commands();
  for (const { code, stderr } of await tried(owner)) {
    t.not(code, 0);
    t.match(stderr, /requires the right execute/);
  }
  await eventually(() => session.exitCode !== null, { what: 'the end of the running command' });
  const ended = await eventually(async () =>
    (await readEvents(server)).find(
      ({ type, data }) => type === 'TaskCommandEnded' && data.sessionId === sessionId,
    ),
  );
  t.match(ended, { data: { exitCode: null } });
  t.equal(await commands(), before, 'nothing is recorded');
}
