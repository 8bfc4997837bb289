import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t, { type Test } from 'tap';
import { deadline, systemClock } from '#agents/platform/clock/system-clock.js';
import { openApi } from '#src/cli/shared/client.js';
import { sendTo } from '#src/cli/shared/server-connections.js';
import { canBeOthers, takePort } from '../../../fixtures/other-user.js';
import { Program } from '../../../fixtures/program.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';

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

/** Starts a program that listens, and accepts nothing. */
async function startDeaf(t: Test): Promise<number> {
  const script =
    "const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port))";
  const { child, stdout } = Program.start({ command: process.execPath, args: ['-e', script], env: {} });
  t.teardown(() => child.kill('SIGKILL'));
  await eventually(() => stdout.length > 0, { what: 'the port' });
  child.kill('SIGSTOP');
  return Number(stdout[0]);
}

/** Fills the queue of a program that accepts nothing, so that a further connection gets no answer, as at a firewall. */
async function fillQueue(t: Test, port: number): Promise<void> {
  for (let isOpen = true; isOpen;) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    t.teardown(() => socket.destroy());
    isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      systemClock.sleep(500).then(() => false),
    ]);
  }
}

/** Number of open connections of this process. A request that was given up leaves none, which would keep the command running. */
const connections = (): number =>
  process.getActiveResourcesInfo().filter((each) => /^TCP(Socket|Connect)Wrap$/.test(each)).length;

void t.test('gives up at once a connection that is not open yet', async (t) => {
  const port = await startDeaf(t);
  const abortedAfter300 = async (url: string): Promise<void> => {
    const before = connections();
    const start = performance.now();
    const request = new Request(url, { signal: deadline(300) });
    await t.rejects(sendTo(url, request), { name: 'TimeoutError' });
    t.ok(performance.now() - start < 2_000 * PATIENCE, url);
    await eventually(() => connections() <= before, { what: 'the end of the connection' });
  };
  // This connection waits in the queue, so the check of its other end waits too.
  await abortedAfter300(`http://127.0.0.1:${port}`);
  await abortedAfter300(`https://127.0.0.1:${port}`);
  await fillQueue(t, port);
  await abortedAfter300(`http://127.0.0.1:${port}`);
  await abortedAfter300(`https://127.0.0.1:${port}`);
  for (const url of [`http://127.0.0.1:${port}`, `https://127.0.0.1:${port}`]) {
    const before = connections();
    await t.rejects(sendTo(url, new Request(url), { openMs: 200 }), {
      message: 'fetch failed',
      cause: { message: /no connection within 0.2 seconds/ },
    });
    await eventually(() => connections() <= before, { what: 'the end of the connection' });
  }
});

void t.test('gives up a server that does not answer, but not a quiet stream', async (t) => {
  let end = (): void => undefined;
  const { address } = await serve(t, (request, reply) => {
    if (request.url !== '/stream') return;
    reply.write('first ');
    end = () => reply.end('last');
  });
  await t.rejects(sendTo(address, new Request(address), { answerMs: 200 }), {
    message: 'fetch failed',
    cause: { message: /no answer within 0.2 seconds/ },
  });
  const response = await sendTo(address, new Request(`${address}/stream`), { answerMs: 200 });
  await systemClock.sleep(600);
  end();
  t.equal(await response.text(), 'first last');
});

void t.test('does not follow a redirect with credentials', async (t) => {
  const { address } = await serve(t, (_, reply) =>
    reply.writeHead(302, { location: 'http://192.0.2.1/' }).end(),
  );
  const response = await sendTo(address, new Request(address, { headers: { authorization: 'Bearer x' } }));
  t.equal(response.status, 302);
  await t.rejects(openApi(address, 'x').GET('/jobs'), {
    message: `the server at ${address} redirects to http://192.0.2.1/. Redirects are not followed, because credentials are for one server: use that address if you trust it (302)`,
  });
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

void t.test('an abort ends a response whose request is no longer used', async (t) => {
  const { address } = await serve(t, (_request, reply) => void reply.write('begun'));
  const stop = new AbortController();
  const open = async () => {
    const { body } = await sendTo(address, new Request(address, { signal: stop.signal }));
    return body!.getReader();
  };
  const reader = await open();
  await reader.read();
  const next = reader.read().then(
    () => 'ended',
    (error: Error) => error.name,
  );
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 5; round += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  stop.abort();
  t.equal(await Promise.race([next, systemClock.sleep(5_000)]), 'AbortError');
});
