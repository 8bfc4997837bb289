import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { createHttpAgentChannel } from '#agents/platform/transport/agent-channel.js';
import { openTestApi } from '../../../http/support/test-api.js';

async function agent(t: Test, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function scene(t: Test, requestTimeoutMs = 30_000) {
  const agentChannel = createHttpAgentChannel({
    requestTimeoutMs,
    bearerOf: async (nodeId) => `token-of-${nodeId}`,
  });
  const api = await openTestApi(t, { agentChannel });
  t.teardown(() => agentChannel.close());
  const account = { username: 'ann', password: 'password123' };
  await api.say('POST', '/api/auth/register', account);
  const { token } = (await api.say('POST', '/api/auth/login', account)).json() as { token: string };
  const registered = (nodeId: string, endpoint: string | null) =>
    api.happened({
      type: 'NodeRegistered',
      data: {
        nodeId,
        epoch: 1,
        ipAddress: '127.0.0.1',
        resources: {},
        attributes: {},
        healthy: true,
        endpoint,
        protocol: 'muster',
      },
    });
  const status = (nodeId: string) =>
    api.say('GET', `/api/nodes/${nodeId}/status`, undefined, { authorization: `Bearer ${token}` });
  return { api, registered, status };
}

/** Exactly the metrics of the contract. */
const METRICS = '{"node_id":"n1","cpu_usage_percent":1,"memory_usage_percent":2,"gpus":[],"system":{}}';

void t.test("returns the status response of a node's agent byte for byte", async (t) => {
  const { registered, status, api } = await scene(t);
  const text =
    '{ "node_id":"n1",  "cpu_usage_percent":1.50, "memory_usage_percent":2, "gpus" : [1e3, "\\u00e9"],\n "system":{}, "more": {"__proto__": null} }\n';
  const asked: unknown[] = [];
  await registered(
    'n1',
    await agent(t, (request, response) => {
      asked.push([request.method, request.url, request.headers.authorization]);
      response.setHeader('content-type', 'text/html').setHeader('set-cookie', 'a=b').end(text);
    }),
  );
  const answer = await status('n1');
  t.equal(answer.status, 200);
  t.equal(answer.body, text);
  t.match(answer.headers, { 'content-type': 'application/json; charset=utf-8', 'set-cookie': undefined });
  t.same(
    asked,
    [['GET', '/api/v1/metrics', 'Bearer token-of-n1']],
    "the agent gets the node's token, not the caller's",
  );
  t.equal((await api.say('GET', '/api/nodes/n1/status')).status, 401);
  t.equal(asked.length, 1);
});

void t.test('responds 404 for a missing node and 409 for one that is not online', async (t) => {
  const { registered, status, api } = await scene(t);
  t.match(await status('none'), { status: 404, body: '{"error":"node not found: none"}' });
  await registered('n1', await agent(t, (_request, response) => void response.end(METRICS)));
  t.equal((await status('n1')).status, 200);
  await api.happened({ type: 'NodeWentDown', data: { nodeId: 'n1', epoch: 1, reason: 'silent' } });
  t.match(await status('n1'), { status: 409, body: '{"error":"node n1 is not online"}' });
  await registered('n2', null);
  t.equal((await status('n2')).status, 409);
});

void t.test("responds 502 if the agent's response is invalid, oversized, late or a redirect", async (t) => {
  const { registered, status } = await scene(t, 300);
  const elsewhere = await agent(t, (_request, response) => void response.end('{"from": "elsewhere"}'));
  const answers: Record<string, RequestListener> = {
    text: (_request, response) => void response.end('<html>'),
    number: (_request, response) => void response.end('12'),
    null: (_request, response) => void response.end('null'),
    list: (_request, response) => void response.end('[]'),
    other: (_request, response) => void response.end('{"node_id": 12}'),
    gpus: (_request, response) => void response.end('{"gpus": {}}'),
    nothing: (_request, response) => void response.end(),
    bytes: (_request, response) => void response.end(Buffer.from([0x22, 0xff, 0x22])),
    fails: (_request, response) => void response.writeHead(500).end('{"error": "broken"}'),
    large: (_request, response) => void response.end(JSON.stringify('x'.repeat(1_100_000))),
    hangs: () => undefined,
    drips: (_request, response) => void response.write('{'),
    moved: (_request, response) => void response.writeHead(302, { location: elsewhere }).end('{}'),
    cut: (request) => void request.socket.destroy(),
  };
  for (const [nodeId, listener] of Object.entries(answers)) {
    await registered(nodeId, await agent(t, listener));
    t.match(await status(nodeId), { status: 502, body: /^\{"error":"the agent of node / }, nodeId);
  }
});
