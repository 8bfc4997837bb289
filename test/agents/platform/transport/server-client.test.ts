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
    joinToken: 'secret',
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
    headers: { 'x-muster-agent': '1', authorization: 'Bearer secret' },
  });
  t.same(await client.heartbeat(node, 4), { kind: 'ok', epoch: 4, digest: 'abc' });
  t.match(seen.at(-1), { url: '/heartbeat', headers: { 'x-muster-agent': '1', 'x-muster-epoch': '4' } });
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
