import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { AgentProcess, startAgent } from '../fixtures/agent.js';
import { taken } from '../fixtures/api.js';
import { modulePackage, pythonPackage } from '../fixtures/conda/channel.js';
import { condaFleet } from '../fixtures/conda/fleet.js';
import { generationsOf } from '../fixtures/conda/generations.js';
import { eventually } from '../fixtures/eventually.js';
import { processesUnder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { OTHERS_RUN, othersRunMuster } from '../fixtures/other-user.js';
import { muster } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { startServer, type Server } from '../fixtures/server.js';
import { TaskAccount, type RunView } from '../fixtures/task-account.js';

t.setTimeout(600_000);

const password = 'password123';
const command = { executor: 'shell', command: 'true' } as const;
const refused = {
  status: 403,
  body: {
    success: false,
    data: null,
    message: /muster user grant|has no|may no longer run processes|scope tasks:execute/,
  },
};

async function account(server: Server, username: string): Promise<TaskAccount> {
  await server.api.post('/api/auth/register', { username, password });
  return await TaskAccount.logIn(server.api, username, password);
}

async function apiKey(of: TaskAccount, ...scopes: string[]): Promise<TaskAccount> {
  const { body } = await of.api.post<{ api_key: string }>(
    '/api/auth/api-keys',
    { name: 'k', scopes },
    { headers: of.headers },
  );
  return TaskAccount.withToken(of.api, body.api_key);
}

void t.test(
  'only accounts that an administrator created or granted the right may run processes, and only while they have it',
  async (t) => {
    const server = await startServer(t, {
      env: { MUSTER_ADMIN_PASSWORD: password, MUSTER_OPEN_EXECUTION: 'false' },
    });
    await startAgent(t, server);
    const root = await TaskAccount.logIn(server.api, 'admin', password);
    const env = { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: root.token };

    const ann = await account(server, 'ann');
    t.match(
      await ann.call('post', '/api/tasks', { name: 'a', ...command }),
      refused,
      'a self-registered account may not run processes',
    );
    t.match(await muster(['user', 'grant', 'ann'], env), {
      code: 0,
      stdout: 'ann: The account may run processes on workers',
    });
    const { id } = await ann.create({ name: 'a', schedule: '* * * * * *', command: 'true' });
    await ann.is(id, 1, 'success');

    t.match(await muster(['user', 'create', 'ben', '--generate'], env), { code: 0 });
    await server.api.post(
      '/api/auth/users',
      { username: 'cid', password, role: 'user' },
      { headers: root.headers },
    );
    const cid = await TaskAccount.logIn(server.api, 'cid', password);
    await cid.create({ name: 'c', command: 'true' });
    t.match(
      await (await apiKey(cid, 'tasks:write')).call('post', '/api/tasks', { name: 'd', ...command }),
      refused,
      'a key without the scope is refused',
    );
    t.equal(
      (
        await (
          await apiKey(cid, 'tasks:write', 'tasks:execute')
        ).call('post', '/api/tasks', { name: 'd', ...command })
      ).status,
      201,
    );

    t.match(await muster(['user', 'revoke', 'ann'], env), { code: 0 });
    t.match(
      await (await apiKey(ann, 'tasks')).call('post', '/api/tasks', { name: 'b', ...command }),
      refused,
      'a key never has more than its account',
    );
    for (const [method, path, body] of [
      ['post', `/api/tasks/${id}/trigger`, undefined],
      ['post', `/api/tasks/${id}/runs/1/rerun`, undefined],
      ['put', `/api/tasks/${id}`, { command: 'false' }],
    ] as const)
      t.match(await ann.call(method, path, body), refused, path);
    t.match(await root.call('post', `/api/tasks/${id}/trigger`), {
      ...refused,
      body: { message: /the account that created task \d+ may no longer run processes/ },
    });
    await eventually(async () => (await ann.schedule(id, '?past=1')).past[0]?.reason === 'not_permitted', {
      timeout: 30_000,
      what: 'a skipped slot',
    });
    t.match((await ann.runs(id, '?status=skipped'))[0], { status: 'skipped', reason: 'not_permitted' });
    t.match(await muster(['user', 'grant', 'ann'], env), { code: 0 });
    await eventually(async () => (await ann.schedule(id, '?past=1')).past[0]?.decision === 'run', {
      timeout: 30_000,
      what: 'a slot that is run again',
    });
  },
);

void t.test('every account may run processes if the server listens only on loopback', async (t) => {
  const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: password } });
  const ann = await account(server, 'ann');
  t.match(await ann.create({ name: 'a', command: 'true' }), { status: 'active' });
});

/** User id of an unprivileged user that is not the server's. */
const SOMEBODY = 65_533;
const JOIN = 'join-token-of-the-scenario';

void t.test(
  "an agent without root reports its limitations, and runs tenants' processes only if a setting allows it",
  async (t) => {
    if (!required(t, othersRunMuster(), OTHERS_RUN)) return;
    const fleet = await condaFleet(t, [pythonPackage(), modulePackage('mod')], { MUSTER_JOIN_TOKEN: JOIN });
    if (fleet === undefined) return;
    const { server, call } = fleet;
    const root = await TaskAccount.logIn(server.api, 'admin', password);
    const agent = await fleet.agent({ MUSTER_JOIN_TOKEN: JOIN }, SOMEBODY);
    const attributes = async (): Promise<object> =>
      (await server.api.nodes()).find(({ node_id }) => node_id === agent.nodeId)?.attributes ?? {};
    t.match(await attributes(), {
      'exec.users': 'shared',
      'exec.isolation': 'none',
      'exec.tenants': 'refused',
      'conda.backend': 'rattler',
    });
    const limits = (): string[] => agent.program.stdout.filter((line) => line.includes('agent.node.limited'));
    t.match(
      limits().join('\n'),
      /not root, so the processes of all tenants would run as its own user[^]*cannot write control groups[^]*MUSTER_TENANTS_SHARE_AGENT_USER=true/,
    );

    const { id } = await root.create({ name: 'a', command: 'id -u; id -G; echo "$HOME"; exit 3' });
    await root.trigger(id);
    let run: RunView | undefined;
    await eventually(async () => (run = await root.run(id, 1)).reason === 'worker_shares_its_user', {
      timeout: 30_000,
      what: 'the reason of the waiting run',
    });
    t.match(run, { status: 'pending', worker: null });
    taken(
      await server.api.post('/jobs', {
        job_id: 'own',
        task_groups: [{ name: 'g', tasks: [{ name: 't', config: { command: 'true' } }] }],
      }),
    );
    await server.api.jobIs('own', 'complete', 60_000);
    t.match(
      await server.api.post('/jobs', {
        job_id: 'root',
        task_groups: [{ name: 'g', tasks: [{ name: 't', user: 'root', config: { command: 'true' } }] }],
      }),
      {
        status: 200,
      },
    );
    await server.api.jobIs('root', 'failed', 60_000);

    // Requiring a token for all connections does not protect the agent's files from its own user. If the run is placed anyway, the agent refuses it.
    await agent.stop();
    const lying = { MUSTER_LOCAL_ACCESS: 'token', MUSTER_AGENT_ATTRIBUTES: 'exec.tenants=accepted' };
    for (const env of [{ MUSTER_LOCAL_ACCESS: 'token' }, lying]) {
      const started = new AgentProcess(server, agent.dataDir, { ...agent.env, ...env }, SOMEBODY);
      started.nodeId = agent.nodeId;
      t.teardown(async () => await started.kill());
      await started.start();
      if (env === lying)
        t.match(await root.is(id, 1, 'failed'), {
          reason: 'not_started',
          message: /does not run processes of tenants \(MUSTER_TENANTS_SHARE_AGENT_USER\)/,
        });
      else t.match(await attributes(), { 'exec.tenants': 'refused' });
      await started.stop();
    }
    await root.trigger(id);
    const trusted = new AgentProcess(
      server,
      agent.dataDir,
      { ...agent.env, MUSTER_TENANTS_SHARE_AGENT_USER: 'true' },
      SOMEBODY,
    );
    trusted.nodeId = agent.nodeId;
    await trusted.start();
    t.teardown(async () => await trusted.kill());
    t.match(await attributes(), { 'exec.tenants': 'accepted' });
    const { output = '' } = await root.is(id, 2, 'failed');
    t.match(output, new RegExp(`^${SOMEBODY}\n${SOMEBODY}\n/.*\n$`));
    const late = await root.create({ name: 'late', command: 'sleep 600 & sleep 600', timeout_seconds: 1 });
    await root.trigger(late.id);
    await root.is(late.id, 1, 'timeout');
    await eventually(() => !processesUnder(agent.dataDir).some((pid) => commandOf(pid).startsWith('sleep')), {
      what: 'the end of all processes of the task',
    });

    const made = await call('POST', '/environment', { name: 'data', packages: ['mod'] });
    t.match(made, { status: 201 }, made.text);
    t.match(
      await fleet.until(
        await fleet.task({ script: 'import mod, os\nprint(mod.NAME, os.getuid())', conda_env: 'data' }),
        'completed',
      ),
      {
        logs: `mod ${SOMEBODY}\n`,
      },
    );
    t.match(generationsOf(agent.dataDir), { ready: { length: 1 }, problems: [] });
    t.equal(
      statSync(join(agent.dataDir, 'agent/conda')).mode & 0o777,
      0o700,
      'only the agent can reach the directory',
    );
    t.equal((await call('DELETE', '/environment/data')).status, 204);
    await invariantsHold(t, server);
  },
);

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
