import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { AgentProcess } from '../fixtures/agent.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';

const JOIN = 'join-token-of-the-scenario';
const PASSWORD = 'password-of-the-scenario';
t.setTimeout(600_000);

void t.test('a server that listens beyond loopback accepts only its operators and its nodes', async (t) => {
  const server = await startServer(t, {
    env: { MUSTER_HOST: '0.0.0.0', MUSTER_JOIN_TOKEN: JOIN, MUSTER_ADMIN_PASSWORD: PASSWORD },
  });
  const { api } = server;
  const { body } = await api.post<{ token: string }>('/api/auth/login', {
    username: 'admin',
    password: PASSWORD,
  });
  const operator = { headers: { authorization: `Bearer ${body.token}` } };
  t.equal((await api.get('/nodes')).status, 401);

  const agent = new AgentProcess(server, join(ownFolder(t), 'agent'), { MUSTER_JOIN_TOKEN: JOIN });
  agent.launch();
  t.teardown(() => agent.program.end('SIGKILL'));
  interface Nodes {
    readonly nodes: readonly { readonly node_id: string; readonly healthy: boolean }[];
  }
  const node = await eventually(
    async () => (await api.get<Nodes>('/nodes', operator)).body.nodes.find(({ healthy }) => healthy)?.node_id,
    { timeout: 60_000 },
  );
  t.equal(
    (
      await api.post(
        '/jobs',
        {
          job_id: 'hello',
          task_groups: [
            {
              name: 'g',
              tasks: [
                {
                  name: 't',
                  config: { command: 'test "$(printf %s "$SECRET" | wc -c)" = 18' },
                  env: { SECRET: 'in the environment' },
                },
              ],
            },
          ],
        },
        operator,
      )
    ).status,
    200,
  );
  await eventually(
    async () => (await api.get<{ status: string }>('/jobs/hello', operator)).body.status === 'complete',
    {
      timeout: 60_000,
      what: 'the end of the task with its environment',
    },
  );

  // The agent has used its own secret, so the join token is no longer valid for this node.
  const file = join(agent.dataDir, 'agent/node-secret');
  t.equal(statSync(file).mode & 0o777, 0o600);
  const beat = async (token: string): Promise<number> =>
    (
      await api.post(
        '/heartbeat',
        { node_id: node, healthy: true, resources: {} },
        { headers: { authorization: `Bearer ${token}` } },
      )
    ).status;
  t.equal(await beat(JOIN), 401);
  t.equal(await beat(readFileSync(file, 'utf8').trim()), 200);
  const { text } = await api.get('/audit/events', operator);
  t.match(text, /"type":"NodeSecretUsed"/);
  t.notMatch(text, /in the environment|musnode_/);

  await server.restart();
  t.equal((await api.get('/nodes', operator)).status, 200, 'sessions outlive the server');
  await eventually(
    async () => (await api.get<Nodes>('/nodes', operator)).body.nodes.some(({ healthy }) => healthy),
    { timeout: 60_000 },
  );
});

void t.test('a server that listens beyond loopback does not start without a join token', async (t) => {
  const { code, stderr } = await muster(['server'], {
    MUSTER_HOST: '0.0.0.0',
    MUSTER_DATA_DIR: ownFolder(t),
    MUSTER_PORT: '0',
  });
  t.equal(code, 78);
  t.match(stderr, /MUSTER_JOIN_TOKEN/);
});

void t.test('a server on a shared event store does not start without configured secrets', async (t) => {
  const { code, stderr } = await muster(['server'], {
    MUSTER_EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false',
    MUSTER_MONGODB_URL: 'mongodb://127.0.0.1:1/x',
    MUSTER_DATA_DIR: ownFolder(t),
    MUSTER_PORT: '0',
  });
  t.equal(code, 78);
  t.match(stderr, /MUSTER_JWT_SECRET: is required[^]*MUSTER_DATA_KEY: is required/);
});
