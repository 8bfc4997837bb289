import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import { credentials, Metadata } from '@grpc/grpc-js';
import t, { type Test } from 'tap';
import { RawWire } from '../../../fixtures/raw-wire.js';
import { required } from '../../../fixtures/requirement.js';
import { hasOpenssl, selfSigned } from '../../../fixtures/self-signed.js';
import { servedStore } from '../../../fixtures/wire-server.js';

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

/** Sends a request over HTTP/1.1, as the official .NET client does for calls that ServerFeatures does not list. */
async function ask(options: RequestOptions, body?: string): Promise<Answer> {
  const request = options.ca === undefined ? httpRequest(options) : httpsRequest(options);
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode, type: response.headers['content-type'], body: text };
}

const CALLS: readonly (readonly [string, string, string?])[] = [
  ['GET', '/subscriptions'],
  ['GET', '/subscriptions/orders-1/billing/info'],
  ['POST', '/subscriptions/orders-1/billing/replayParked?stopAt=5', ''],
  ['POST', '/subscriptions/restart', 'x'.repeat(100_000)],
  ['PROPFIND', '/'],
  ['PUT', '/streams/a'],
];

async function saysSo(t: Test, options: RequestOptions): Promise<void> {
  for (const [method, path, body] of CALLS) {
    const answer = await ask({ ...options, method, path }, body);
    t.equal(answer.status, 501, `${method} ${path}`);
    t.equal(answer.type, 'text/plain; charset=utf-8');
    t.match(answer.body, /^This event store serves only gRPC .*HTTP\/2.*persistent subscriptions/s);
  }
}

const CREDENTIALS = { user: 'auditor', password: 'correct horse battery' };

void t.test('informs HTTP/1.1 clients that only gRPC is served, with and without credentials', async (t) => {
  for (const options of [{}, { localAccess: 'open' as const }, { credentials: CREDENTIALS }]) {
    const { server } = await servedStore(t, options);
    await saysSo(t, { host: '127.0.0.1', port: server.port });
  }
});

void t.test('responds to HTTP/1.1 over TLS too, with and without ALPN, and still serves gRPC', async (t) => {
  if (!required(t, hasOpenssl, 'openssl')) return;
  const { certFile, keyFile } = selfSigned(t);
  const cert = readFileSync(certFile, 'utf8');
  const tls = { cert, key: readFileSync(keyFile, 'utf8') };
  for (const options of [{}, { credentials: CREDENTIALS }]) {
    const { server } = await servedStore(t, { ...options, tls });
    for (const ALPNProtocols of [['http/1.1'], undefined])
      await saysSo(t, {
        host: '127.0.0.1',
        port: server.port,
        ca: cert,
        servername: 'localhost',
        ...(ALPNProtocols && { ALPNProtocols }),
      });
    const metadata = new Metadata();
    metadata.set(
      'authorization',
      `Basic ${Buffer.from(`${CREDENTIALS.user}:${CREDENTIALS.password}`).toString('base64')}`,
    );
    const trusted = credentials.createSsl(Buffer.from(cert), null, null, {
      checkServerIdentity: () => undefined,
    });
    t.match(await new RawWire(t, server.port, metadata, trusted).appended('s', 'any', [{}]), /^\d+@/);
  }
});

void t.test('accepts an HTTP/2 preface that arrives byte by byte', async (t) => {
  const { server } = await servedStore(t);
  const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true });
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  for (const byte of Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings])) {
    socket.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const [first] = (await once(socket, 'data')) as [Buffer];
  t.equal(first[3], 4, 'the response starts with a SETTINGS frame');
});

void t.test('ends silent connections on close', async (t) => {
  const { server } = await servedStore(t);
  const sockets = [connect(server.port, '127.0.0.1'), connect(server.port, '127.0.0.1')];
  for (const socket of sockets) await once(socket, 'connect');
  sockets[1]?.write('P');
  const closed = Promise.all(
    sockets.map(
      async (socket) =>
        await once(
          socket.resume().on('error', () => undefined),
          'close',
        ),
    ),
  );
  await new RawWire(t, server.port).appended('s', 'any', [{}]);
  await server.close();
  await closed;
  t.pass('both connections are closed');
});
