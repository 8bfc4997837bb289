import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { AgentProcess } from '../fixtures/agent.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { canBeOthers, NOBODY, requestAs } from '../fixtures/other-user.js';
import { muster } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { startServer, type Server } from '../fixtures/server.js';

const PASSWORD = 'password-of-the-scenario';
t.setTimeout(600_000);

const possible = required(t, canBeOthers(), 'root, and setpriv');
const job = (id: string, file: string) => ({
  job_id: id,
  task_groups: [{ name: 'g', tasks: [{ name: 't', config: { command: `touch ${file}` } }] }],
});

/** Returns the address of the only agent. */
async function agentOf(server: Server): Promise<string> {
  const events = await server.api.get('/audit/events?type=NodeRegistered');
  return /"endpoint":"(http:[^"]+)"/.exec(events.text)?.[1] ?? '';
}

void t.test(
  'on loopback root is the operator, and other users of the machine are refused by the server and its agent',
  async (t) => {
    if (!possible) return;
    const server = await startServer(t, {
      env: {
        MUSTER_EMBEDDED_AGENT: 'true',
        MUSTER_ADMIN_PASSWORD: PASSWORD,
        MUSTER_HEARTBEAT_SECONDS: '0.5',
      },
    });
    const folder = ownFolder(t);
    await eventually(async () => (await server.api.nodes()).length === 1, {
      timeout: 60_000,
      what: 'the embedded agent',
    });
    const file = join(folder, 'made-by-nobody');

    for (const host of ['127.0.0.1', '::ffff:127.0.0.1']) {
      for (const [method, path, body] of [
        ['GET', '/jobs'],
        ['POST', '/jobs', job('evil', file)],
        ['GET', '/audit/events'],
        ['POST', '/heartbeat', { node_id: 'n', resources: {}, healthy: true }],
        [
          'POST',
          '/register',
          {
            node_id: 'n',
            ip_address: '127.0.0.1',
            resources: {},
            healthy: true,
            endpoint: 'http://127.0.0.1:1',
          },
        ],
      ] as const) {
        const said = await requestAs(NOBODY, { method, url: server.url + path, body, host });
        t.equal(said.status, 401, `${method} ${path} by ${host}: ${said.body}`);
      }
    }
    const agent = await agentOf(server);
    const order = { allocation_id: 'evil', job_id: 'evil', task_group: job('evil', file).task_groups[0] };
    t.equal(
      (await requestAs(NOBODY, { method: 'POST', url: `${agent}/allocations`, body: order })).status,
      401,
    );
    t.equal((await requestAs(NOBODY, { url: `${agent}/allocations` })).status, 401);
    t.equal((await requestAs(0, { url: `${agent}/allocations` })).status, 200);
    t.equal((await requestAs(NOBODY, { url: `${server.url}/livez` })).status, 200);

    // A request with a token is accepted from any local user.
    const { body } = await server.api.post<{ token: string }>('/api/auth/login', {
      username: 'admin',
      password: PASSWORD,
    });
    t.equal(
      (
        await requestAs(NOBODY, {
          url: `${server.url}/jobs`,
          headers: { authorization: `Bearer ${body.token}` },
        })
      ).status,
      200,
    );
    await server.api.post('/api/auth/register', { username: 'ann', password: PASSWORD });
    const ann = (
      await server.api.post<{ token: string }>('/api/auth/login', { username: 'ann', password: PASSWORD })
    ).body.token;
    t.equal(
      (await requestAs(NOBODY, { url: `${server.url}/jobs`, headers: { authorization: `Bearer ${ann}` } }))
        .status,
      403,
      'an account is not an operator',
    );

    t.equal(
      (
        await requestAs(0, {
          method: 'POST',
          url: `${server.url}/jobs`,
          body: job('good', join(folder, 'made-by-root')),
        })
      ).status,
      200,
    );
    await server.api.jobIs('good', 'complete', 60_000);
    t.notOk(existsSync(file));
    const listed = await muster(['job', 'status', 'good', '--address', server.url], {});
    t.equal(listed.code, 0, listed.stderr);
  },
);

for (const [name, value] of [
  ['MUSTER_LOCAL_ACCESS', 'token'],
  ['MUSTER_TRUSTED_PROXIES', '127.0.0.1'],
] as const)
  void t.test(
    `with ${name}=${value} not even root is the operator, and the embedded agent joins with a generated token`,
    async (t) => {
      if (!possible) return;
      const server = await startServer(t, {
        env: { [name]: value, MUSTER_EMBEDDED_AGENT: 'true', MUSTER_ADMIN_PASSWORD: PASSWORD },
      });
      t.equal((await server.api.get('/jobs')).status, 401);
      t.equal((await server.api.post('/register', {})).status, 401);
      const { body } = await server.api.post<{ token: string }>('/api/auth/login', {
        username: 'admin',
        password: PASSWORD,
      });
      const operator = { headers: { authorization: `Bearer ${body.token}` } };
      await eventually(
        async () => (await server.api.get<{ nodes: unknown[] }>('/nodes', operator)).body.nodes.length === 1,
        {
          timeout: 60_000,
          what: 'the embedded agent',
        },
      );
      t.equal((await server.api.post('/jobs', job('j', join(ownFolder(t), 'made')), operator)).status, 200);
      await eventually(
        async () =>
          (await server.api.get<{ status: string }>('/jobs/j', operator)).body.status === 'complete',
        { timeout: 60_000 },
      );
    },
  );

void t.test(
  'with MUSTER_LOCAL_ACCESS=open every local user is the operator, and the server logs this at its start',
  async (t) => {
    if (!possible) return;
    const server = await startServer(t, { env: { MUSTER_LOCAL_ACCESS: 'open' } });
    t.equal((await requestAs(NOBODY, { url: `${server.url}/jobs` })).status, 200);
    t.match(server.program.tail(200), /"code":"local-access-open"/);
    t.match(server.program.tail(200), /every user of this machine has full access/);
    const agent = new AgentProcess(server, join(ownFolder(t), 'agent'), { MUSTER_LOCAL_ACCESS: 'open' });
    await agent.start();
    t.teardown(() => agent.program.end('SIGKILL'));
  },
);
