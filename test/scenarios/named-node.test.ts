import { join } from 'node:path';
import t from 'tap';
import { nodeIdOf } from '#domain/nodes/enrolment/index.js';
import { ownFolder } from '../fixtures/folder.js';
import { eventually } from '../fixtures/eventually.js';
import { muster, Program } from '../fixtures/program.js';
import { prepareServer } from '../fixtures/server.js';

t.setTimeout(600_000);

const ACCOUNT = { username: 'ann', password: 'password123' };

void t.test(
  'an agent with a hostname waits for a server to assign its id, and then restarts without a server',
  async (t) => {
    const server = await prepareServer(t);
    const dataDir = join(ownFolder(t), 'agent');
    const launch = (): Program => {
      const env = {
        ...server.wiring.agent(server.url),
        MUSTER_SERVER_URL: server.url,
        MUSTER_DATA_DIR: dataDir,
        MUSTER_HEARTBEAT_SECONDS: '0.5',
        MUSTER_NODE_HOSTNAME: 'GPU-node-7',
      };
      const program = Program.muster(['agent'], env);
      t.teardown(() => program.end('SIGKILL'));
      return program;
    };
    const said = async (program: Program, code: string): Promise<void> =>
      await eventually(async () => program.stdout.some((line) => line.includes(`"${code}"`)), {
        timeout: 30_000,
        what: `${code}: ${program.tail()}`,
      }).then(() => undefined);

    const early = launch();
    await said(early, 'agent.enrolment-failed');
    t.same(await early.end('SIGTERM'), { code: 0, signal: null }, 'an agent without an id can be stopped');

    const agent = launch();
    await said(agent, 'agent.enrolment-failed');
    await server.start();
    await server.api.post('/api/auth/register', ACCOUNT);
    const { body } = await server.api.post<{ token: string }>('/api/auth/login', ACCOUNT);
    const options = { headers: { authorization: `Bearer ${body.token}` } };
    const id = nodeIdOf('gpu-node-7');
    const online = async (): Promise<unknown> =>
      await eventually(
        async () =>
          (await server.api.get<{ phase?: string }>(`/api/nodes/${id}`, options)).body.phase === 'Online',
        {
          timeout: 30_000,
          what: 'the node',
        },
      );
    await online();
    t.match((await server.api.get('/api/nodes?hostname=gpu-NODE-7', options)).body, {
      nodes: [{ id, hostname: 'GPU-node-7', phase: 'Online', endpoint: String, resources: { cpu: Number } }],
      count: 1,
    });
    t.match((await server.api.get(`/api/nodes/${id}/status`, options)).body, {
      node_id: id,
      cpu_usage_percent: Number,
      memory_usage_percent: Number,
      gpus: Array,
      system: Object,
    });
    t.match(await server.api.post('/api/nodes/register', { hostname: 'gpu-node-7' }), {
      status: 201,
      body: { id },
    });

    await agent.end('SIGKILL');
    await server.kill();
    const again = launch();
    await said(again, 'agent.listening');
    await server.start();
    await online();
    t.equal((await server.api.nodes()).length, 1);
  },
);

void t.test('an agent exits with 78 and a reason on invalid settings', async (t) => {
  const both = await muster(['agent'], {
    MUSTER_SERVER_URL: 'http://127.0.0.1:1',
    MUSTER_NODE_HOSTNAME: 'a',
    MUSTER_NODE_ID: 'b',
  });
  t.match(both, { code: 78, stderr: /MUSTER_NODE_HOSTNAME: / });
  t.match(await muster(['agent'], { MUSTER_SERVER_URL: 'http://127.0.0.1:1', MUSTER_NODE_HOSTNAME: 'a b' }), {
    code: 78,
    stderr: /MUSTER_NODE_HOSTNAME: must be a hostname/,
  });
  t.match(
    await muster(['agent'], {
      MUSTER_NATS_URL: 'nats://user:password@127.0.0.1:1',
      MUSTER_NODE_HOSTNAME: 'a',
    }),
    {
      code: 78,
      stderr: /MUSTER_NODE_HOSTNAME: requires MUSTER_SERVER_URL/,
    },
  );
});
