import { createServer, request as call, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { NodeCredential } from '#agents/platform/node-secret.js';
import { createServerClient } from '#agents/platform/transport/server-client.js';
import { openTestApi } from '../../http/support/test-api.js';

const JOIN_TOKEN = 'the-join-token-of-this-cluster';
const NODE = { node_id: 'n1', resources: { cpu: 1000, memory: 1024 }, healthy: true };
const REGISTRATION = { ...NODE, ip_address: '10.0.0.1', endpoint: 'http://10.0.0.1:9000' };

interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server that accepts no join token as a bearer token. Its clock is `ahead` milliseconds ahead. */
async function listening(t: Test) {
  const time = { ahead: 0 };
  const clock = { ...systemClock, now: () => systemClock.now() + time.ahead };
  const api = await openTestApi(t, {
    settings: { testApiKey: undefined, joinToken: JOIN_TOKEN, host: '0.0.0.0' },
    allowBearerJoin: false,
    clock,
  });
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  return { api, time, port: (api.app.server.address() as AddressInfo).port };
}

/** A program between the agent and the server, which records and may alter what it forwards. */
async function between(t: Test, port: number) {
  const requests: Recorded[] = [];
  const replies: string[] = [];
  const change = { body: (text: string): string => text };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (bytes: Buffer) => (body += bytes.toString()));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      requests.push({ method, path, headers, body });
      void forward(port, { method, path, headers, body: change.body(body) }).then((answer) => {
        replies.push(`${JSON.stringify(answer.headers)} ${answer.body.toString('latin1')}`);
        response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    requests,
    replies,
    change,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
}

async function forward(port: number, { method, path, headers, body }: Recorded) {
  return await new Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }>(
    (resolve, reject) => {
      const { 'content-length': _, ...rest } = headers;
      const sent = call({ port, method, path, headers: rest }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { 'transfer-encoding': __, ...answered } = response.headers;
          resolve({ status: response.statusCode ?? 0, headers: answered, body: Buffer.concat(chunks) });
        });
      });
      sent.on('error', reject).end(body === '' ? undefined : body);
    },
  );
}

/** An agent that uses its secret once it has one. */
function clientOf(t: Test, serverUrl: string) {
  const kept: { secret?: string } = {};
  const credential: NodeCredential = {
    token: () => kept.secret ?? JOIN_TOKEN,
    secret: () => kept.secret,
    keep: async (secret) => void (kept.secret = secret),
    doubt: () => undefined,
  };
  const client = createServerClient({ serverUrl, credential, requestTimeoutMs: 10_000 });
  t.teardown(() => client.close());
  return { client, kept };
}

void t.test('an agent joins and reports without sending the join token or its secret', async (t) => {
  const { api, port } = await listening(t);
  const { url, requests, replies } = await between(t, port);
  const { client, kept } = clientOf(t, url);
  t.match(await client.register(REGISTRATION), { kind: 'ok', epoch: 1 });
  const secret = await api.nodes.secretOf('n1');
  t.equal(kept.secret, secret);
  t.match(await client.heartbeat({ ...NODE, timestamp: 1 }, 1), { kind: 'ok', epoch: 1 });
  t.match(await client.desired('n1', 1), { kind: 'ok', desired: { allocations: [] } });
  t.match(await client.heartbeat({ ...NODE, timestamp: 2 }, 7), { kind: 'reregister' });
  t.match(await client.document('n1', 'f'.repeat(64)), { kind: 'absent' });
  const sent = JSON.stringify([requests, replies]);
  t.notMatch(sent, JOIN_TOKEN);
  t.notMatch(sent, secret);
  t.equal(requests.length, 6, 'a challenge costs one request');
});

void t.test('a request that was received before, altered or recorded earlier is refused', async (t) => {
  const { api, port, time } = await listening(t);
  const { url, requests, change } = await between(t, port);
  const { client } = clientOf(t, url);
  await client.register(REGISTRATION);
  const registration = requests.at(-1);
  if (registration === undefined) throw new Error('nothing was recorded');
  const before = (await api.events()).length;

  const status = async (changed: Partial<Recorded>): Promise<number> =>
    (await forward(port, { ...registration, ...changed })).status;
  t.equal(await status({}), 401, 'the same request again');
  const { headers } = registration;
  const authorization = headers.authorization ?? '';
  const otherId = authorization.replace(/id=\S{4}/, 'id=AAAA');
  t.equal(await status({ headers: { ...headers, authorization: otherId } }), 401);
  t.equal(await status({ headers: { ...headers, 'x-muster-epoch': '1' } }), 401);
  t.equal(await status({ path: '/heartbeat' }), 401);
  t.equal(await status({ headers: { ...headers, authorization: 'Muster-Agent key=join' } }), 428);
  t.equal(await status({ headers: { ...headers, authorization: 'Muster-Agent key=nobody' } }), 401);
  t.equal(await status({ headers: { ...headers, authorization: `Bearer ${JOIN_TOKEN}` } }), 401);
  time.ahead = 61_000;
  t.equal(await status({}), 428, 'the challenge has expired');
  t.equal((await api.events()).length, before, 'nothing happened');

  change.body = (text) => text.replace('10.0.0.1:9000', '10.6.6.6:9000');
  t.match(await client.register(REGISTRATION), { kind: 'refused', problem: /the body differs/ });
  t.equal((await api.events()).length, before);
  change.body = (text) => text;
  t.match(await client.register(REGISTRATION), { kind: 'ok', epoch: 2 });
});

void t.test('a recorded registration does nothing at a server of another cluster', async (t) => {
  const [home, other] = [await listening(t), await listening(t)];
  const { url, requests } = await between(t, home.port);
  await clientOf(t, url).client.register(REGISTRATION);
  const [recorded] = requests.slice(-1);
  if (recorded === undefined) throw new Error('nothing was recorded');
  t.equal((await forward(other.port, recorded)).status, 428, 'another data key, so another challenge');
  t.equal((await other.api.events()).filter(({ type }) => type === 'NodeRegistered').length, 0);
});
