import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { sendTo } from '#src/cli/shared/server-connections.js';
import { canBeOthers, takePort } from '../../../fixtures/other-user.js';
import { eventually } from '../../../fixtures/eventually.js';

async function serve(t: Test, listener: RequestListener, file?: string) {
  const server = createServer(listener);
  server.listen(file === undefined ? { port: 0, host: '127.0.0.1' } : { path: file });
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const address =
    file === undefined ? `http://127.0.0.1:${(server.address() as AddressInfo).port}` : `unix:${file}`;
  return { server, address };
}

void t.test('sends method, headers and body, and returns status, headers and body', async (t) => {
  const echo: RequestListener = (request, reply) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method, url, headers } = request;
      reply.writeHead(201, { 'x-list': ['a', 'b'], 'content-type': 'application/json' });
      reply.end(JSON.stringify({ method, url, headers, body: Buffer.concat(parts).toString() }));
    });
  };
  // The path of a socket is short.
  const folder = await mkdtemp('/tmp/muster-');
  t.teardown(async () => await rm(folder, { recursive: true }));
  for (const { address } of [await serve(t, echo), await serve(t, echo, join(folder, 'server.sock'))]) {
    const origin = address.startsWith('unix:') ? 'http://localhost' : address;
    const response = await sendTo(
      address,
      new Request(`${origin}/path?a=%20b`, {
        method: 'POST',
        headers: { authorization: 'Bearer x', 'content-type': 'text/plain' },
        body: 'déjà',
      }),
    );
    t.equal(response.status, 201);
    t.equal(response.headers.get('x-list'), 'a, b');
    t.match(await response.json(), {
      method: 'POST',
      url: '/path?a=%20b',
      body: 'déjà',
      headers: { authorization: 'Bearer x', 'content-type': 'text/plain', 'content-length': '6' },
    });
    const empty = await sendTo(address, new Request(`${origin}/`, { method: 'DELETE' }));
    t.match(await empty.json(), { method: 'DELETE', headers: { 'content-length': '0' }, body: '' });
  }
});

void t.test('uses a connection again, and returns responses without a body', async (t) => {
  let connections = 0;
  const { server, address } = await serve(t, (request, reply) =>
    request.url === '/' ? reply.writeHead(204).end() : reply.end('text'),
  );
  server.on('connection', () => (connections += 1));
  for (let count = 0; count < 3; count += 1) {
    const response = await sendTo(address, new Request(address));
    t.same([response.status, response.body], [204, null]);
    t.equal(await (await sendTo(address, new Request(`${address}/text`))).text(), 'text');
  }
  t.equal(connections, 1);
});

void t.test('yields a stream as it comes, and says that it ended early', async (t) => {
  const { address } = await serve(t, (request, reply) => {
    reply.write('first');
    if (request.url === '/cut') setImmediate(() => reply.destroy());
  });
  await t.rejects(async () => await (await sendTo(address, new Request(`${address}/cut`))).text(), TypeError);
  const stop = new AbortController();
  const { body } = await sendTo(address, new Request(address, { signal: stop.signal }));
  const reader = body!.getReader();
  t.equal(Buffer.from((await reader.read()).value!).toString(), 'first');
  stop.abort();
  await t.rejects(reader.read(), { name: 'AbortError' });
});

void t.test('ends the connection when a stream is no longer read', async (t) => {
  let closed = false;
  const { address } = await serve(t, (request, reply) => {
    reply.write('first');
    request.on('close', () => (closed = true));
  });
  const { body } = await sendTo(address, new Request(address));
  const reader = body!.getReader();
  await reader.read();
  const pending = reader.read();
  await reader.cancel();
  t.equal((await pending).done, true, 'a read that waits does not hold up the end');
  await eventually(() => closed, { what: 'the end of the connection' });
});

void t.test('says why a server cannot be reached, and can be aborted before it answers', async (t) => {
  const free = createTcpServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as AddressInfo;
  free.close();
  await once(free, 'close');
  const gone = `http://127.0.0.1:${port}`;
  await t.rejects(sendTo(gone, new Request(gone)), {
    name: 'TypeError',
    message: 'fetch failed',
    cause: { code: 'ECONNREFUSED' },
  });
  const { address } = await serve(t, () => undefined);
  const stop = new AbortController();
  const waiting = sendTo(address, new Request(address, { signal: stop.signal }));
  setImmediate(() => stop.abort());
  await t.rejects(waiting, { name: 'AbortError' });
});

void t.test('does not follow a redirect with credentials', async (t) => {
  const { address } = await serve(t, (_, reply) =>
    reply.writeHead(302, { location: 'http://192.0.2.1/' }).end(),
  );
  const response = await sendTo(address, new Request(address, { headers: { authorization: 'Bearer x' } }));
  t.equal(response.status, 302);
});

void t.test(
  'sends nothing to a program of another user of this machine',
  { skip: !canBeOthers() },
  async (t) => {
    const { port } = await takePort(t);
    const address = `http://127.0.0.1:${port}`;
    await t.rejects(sendTo(address, new Request(address, { headers: { authorization: 'Bearer x' } })), {
      cause: { name: 'UntrustedPeerError', message: /nobody \(uid 65534\) listens at/ },
    });
  },
);
