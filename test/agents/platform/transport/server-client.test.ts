import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { createServerClient } from '#agents/platform/transport/server-client.js';

void t.test("sends the headers of an agent and reads the server's state", async (t) => {
  let code = 200;
  let body: unknown = {};
  const seen: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url, headers: request.headers });
    request.resume();
    response
      .writeHead(code, { 'x-muster-epoch': '4', 'x-muster-desired-digest': 'abc' })
      .end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const client = createServerClient({
    serverUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requestTimeoutMs: 10_000,
  });
  t.teardown(() => client.close());
  const node = { node_id: 'n', resources: {}, healthy: true };

  t.same(await client.register({ ...node, ip_address: '127.0.0.1' }), {
    kind: 'ok',
    epoch: 4,
    digest: 'abc',
  });
  t.match(seen.at(-1), {
    url: '/register',
    headers: { 'x-muster-agent': '2', authorization: undefined },
  });
  t.same(await client.heartbeat(node, 4), { kind: 'ok', epoch: 4, digest: 'abc' });
  t.match(seen.at(-1), { url: '/heartbeat', headers: { 'x-muster-agent': '2', 'x-muster-epoch': '4' } });
  body = { node_id: 'n', epoch: 4, digest: 'abc', allocations: [] };
  t.same(await client.desired('n', 4), { kind: 'ok', desired: body });
  body = { nonsense: true };
  t.match(await client.desired('n', 4), { kind: 'refused' });

  body = { error: 'why' };
  for (const [answered, kind] of [
    [400, 'reregister'],
    [409, 'reregister'],
    [404, 'reregister'],
    [401, 'refused'],
    [429, 'unreachable'],
    [503, 'unreachable'],
    [302, 'unreachable'],
  ] as const) {
    code = answered;
    t.same(await client.heartbeat(node, 4), { kind, problem: 'why' });
  }
  await new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  });
  t.match(await client.heartbeat(node, 4), { kind: 'unreachable' });
});

void t.test('with a secret, believes only a server that proves that it knows it', async (t) => {
  let code = 200;
  let scheme = 'Muster-Agent, Bearer';
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    request.resume();
    response
      .writeHead(code, {
        'x-muster-epoch': '4',
        'x-muster-node-secret': 'musnode_bg_of-the-impostor',
        'x-muster-challenge': 'challenge',
        'www-authenticate': scheme,
      })
      .end('{"error":"why"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const kept: string[] = [];
  let doubts = 0;
  const client = createServerClient({
    serverUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    credential: {
      token: () => 'the-join-token',
      secret: () => undefined,
      keep: async (secret) => void kept.push(secret),
      doubt: () => void (doubts += 1),
    },
    requestTimeoutMs: 10_000,
  });
  t.teardown(() => client.close());
  const node = { node_id: 'n', resources: {}, healthy: true };
  const unproven = { kind: 'unreachable', problem: /does not prove/ };
  t.match(await client.register({ ...node, ip_address: '127.0.0.1' }), unproven);
  t.match(await client.heartbeat(node, 4), unproven);
  t.match(await client.desired('n', 4), unproven);
  for (const [answered, kind] of [
    [404, 'unreachable'],
    [409, 'unreachable'],
    [428, 'refused'],
    [401, 'refused'],
    [503, 'unreachable'],
  ] as const) {
    code = answered;
    t.match(await client.heartbeat(node, 4), { kind, problem: 'why' }, String(answered));
  }
  t.equal(doubts, 1);
  scheme = 'Bearer';
  code = 401;
  t.match(await client.heartbeat(node, 4), { kind: 'refused', problem: /upgrade the servers before/ });
  t.same(kept, [], 'no secret was believed');
  for (const each of seen)
    t.match(each, /^Muster-Agent key=join(, challenge=challenge, id=\S{22}, body=\S{43}, mac=\S{43})?$/);
});
