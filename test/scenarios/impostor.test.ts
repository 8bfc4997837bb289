import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import t from 'tap';
import { orderToken } from '#agents/platform/order-token.js';
import { startAgent, AgentProcess } from '../fixtures/agent.js';
import { callProven } from '../agents/support/prove.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { freePort } from '../fixtures/free-port.js';
import { recordingRelay, sendRecorded } from '../fixtures/raw-request.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(180_000 * PATIENCE);

const JOIN_TOKEN = 'join-token-of-this-test';
const FORGED_SECRET = 'musnode_bm9kZQ_a-secret-that-the-impostor-has-chosen';
const ORDER = {
  allocation_id: 'forged',
  job_id: 'forged',
  task_group: {
    name: 'main',
    tasks: [
      {
        name: 'main',
        driver: 'exec',
        resources: { cpu: 1, memory: 1 },
        config: { command: '/bin/true' },
      },
    ],
  },
};

void t.test("a program on the server's port gets nothing with which it could join or order", async (t) => {
  const server = await startServer(t, { env: { MUSTER_JOIN_TOKEN: JOIN_TOKEN } });
  const port = await freePort();
  const env = { MUSTER_JOIN_TOKEN: JOIN_TOKEN, MUSTER_AGENT_PORT: String(port) };
  const agent = await startAgent(t, server, { env });
  const joining = new AgentProcess(server, join(ownFolder(t), 'joining'), {
    MUSTER_JOIN_TOKEN: JOIN_TOKEN,
  });
  t.teardown(async () => void (joining.starts > 0 && (await joining.kill())));
  await server.stop();

  let status = 401;
  const answered = new Map<string, number>();
  let recorded = '';
  const impostor = createServer((request, response) => {
    request.resume().on('end', () => {
      const path = (request.url ?? '').replace(/[0-9a-f-]{36}/, ':id');
      const key = `${status} ${path}`;
      answered.set(key, (answered.get(key) ?? 0) + 1);
      const list = { epoch: 1, digest: 'forged', allocations: [ORDER] };
      response
        .writeHead(status, {
          'content-type': 'application/json',
          'x-muster-epoch': '1',
          'x-muster-desired-digest': 'forged',
          'x-muster-node-secret': FORGED_SECRET,
          'x-muster-challenge': 'forged',
          'www-authenticate': 'Muster-Agent',
        })
        .end(JSON.stringify({ message: 'ok', node_id: request.url?.split('/')[2], ...list }));
    });
  });
  impostor.on('connection', (socket) => socket.on('data', (bytes) => (recorded += bytes.toString('latin1'))));
  await new Promise<void>((resolve) => impostor.listen(server.port, '127.0.0.1', resolve));
  t.teardown(() => {
    impostor.closeAllConnections();
    impostor.close();
  });

  joining.launch();
  for (status of [401, 403, 503, 428, 404, 200, 401]) {
    const at = status;
    const before = (path: string): number => answered.get(`${at} ${path}`) ?? 0;
    const heartbeats = before('/heartbeat') + before('/register');
    await eventually(async () => before('/heartbeat') + before('/register') >= heartbeats + 4, {
      what: `requests that get ${at}`,
      timeout: 60_000,
    });
  }

  const secret = readFileSync(join(agent.dataDir, 'agent', 'node-secret'), 'utf8').trim();
  t.notMatch(recorded, JOIN_TOKEN, 'the join token is not sent');
  t.notMatch(recorded, secret, 'the secret of the node is not sent');
  t.notMatch(recorded, orderToken(secret));
  const words = new Set(recorded.split(/[^\w.+/=~-]+|, ?|=/).filter((word) => word.length >= 8));
  const guesses = [...words, FORGED_SECRET].flatMap((word) => [word, orderToken(word)]);
  t.ok(guesses.length > 10, 'something was recorded');
  const url = `http://127.0.0.1:${port}/allocations`;
  for (const guess of guesses) {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${guess}` };
    const { status: got } = await fetch(url, { method: 'POST', headers, body: JSON.stringify(ORDER) });
    if (got !== 401) t.fail(`the agent accepted ${guess}: ${got}`);
  }
  t.match(
    await callProven(secret, { method: 'GET', url }),
    { status: 200, body: { count: 0 } },
    'the agent has run nothing',
  );

  impostor.closeAllConnections();
  await new Promise((resolve) => impostor.close(resolve));
  await server.start();
  await eventually(async () => (await server.api.nodes()).filter(({ healthy }) => healthy).length === 2, {
    timeout: 60_000,
    what: 'both nodes, at the true server',
  });
});

void t.test('what was recorded on the way does nothing when it is sent again', async (t) => {
  const env = { MUSTER_JOIN_TOKEN: JOIN_TOKEN };
  const server = await startServer(t, { env });
  const { url, recorded } = await recordingRelay(t, server.port);
  const agent = await startAgent(t, server, { env: { ...env, MUSTER_SERVER_URL: url } });
  await agent.kill();
  const registered = async (): Promise<unknown> =>
    (await server.api.nodes()).map(({ node_id, registered_at }) => ({ node_id, registered_at }));
  const before = await registered();
  const requests = recorded.filter((request) => request.startsWith('POST /register'));
  t.ok(requests.some((request) => request.includes('mac=')));

  // A server that was restarted has forgotten the ids of the requests that it received, like another server of the cluster.
  await server.restart();
  const elsewhere = await startServer(t, { env });
  for (const request of requests) {
    const replies = [await sendRecorded(server.port, request), await sendRecorded(elsewhere.port, request)];
    for (const reply of replies) t.notMatch(reply, /musnode_|x-muster-node-secret/i);
    t.match(replies[1], /^HTTP\/1.1 4(01|28) /);
  }
  t.same(await registered(), before, 'the node was not registered again');
  t.same(await elsewhere.api.nodes(), []);
});
