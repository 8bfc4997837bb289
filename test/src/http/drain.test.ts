import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { drainOnClose, type DrainBounds } from '#src/http/drain.js';
import { eventually } from '../../fixtures/eventually.js';
import { openTestApi } from './support/test-api.js';

interface Outcome {
  readonly sent: boolean;
  readonly status: number | undefined;
  readonly closes: boolean;
}

void t.test('responds to every request that was sent before the server closes', async (t) => {
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let waiting = 0;
  const api = await openTestApi(t, {}, (app) => {
    app.get('/slow', { config: { access: { who: 'anyone' } } }, async () => {
      waiting += 1;
      await finished;
      return {};
    });
  });
  const port = Number(new URL(await api.app.listen({ host: '127.0.0.1', port: 0 })).port);
  const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
  t.teardown(() => agent.destroy());
  const ask = (path: string) =>
    new Promise<Outcome>((resolve) => {
      const call = httpRequest({ host: '127.0.0.1', port, path, agent }, (answer) => {
        answer.resume().on('end', () =>
          resolve({
            sent: true,
            status: answer.statusCode,
            closes: answer.headers.connection === 'close',
          }),
        );
      });
      let connected = false;
      call.on('socket', (socket) => {
        if (socket.connecting) socket.once('connect', () => (connected = true));
        else connected = true;
      });
      call.on('error', () => resolve({ sent: connected, status: undefined, closes: true }));
      call.end();
    });
  const outcomes: Outcome[] = [];
  let closed = false;
  const clients = Array.from({ length: 20 }, async () => {
    while (!closed) {
      const outcome = await ask('/jobs');
      outcomes.push(outcome);
      if (outcome.closes) return;
    }
  });
  const slow = Array.from({ length: 5 }, () => ask('/slow'));
  while (outcomes.length < 100 || waiting < slow.length) await ask('/livez');
  const closing = api.app.close().then(() => (closed = true));
  await Promise.all(clients);
  finish();
  await closing;
  for (const outcome of await Promise.all(slow))
    t.match(outcome, { status: 200, closes: true }, 'a request in progress is completed');
  const unanswered = outcomes.filter(({ sent, status }) => sent && status !== 200);
  t.same(unanswered, [], `${outcomes.length} requests`);
  t.ok(outcomes.filter(({ closes }) => closes).length >= 20, 'each client received Connection: close');
});

interface Draining {
  readonly app: FastifyInstance;
  readonly port: number;
  /** Requests in their handlers, by method. */
  readonly begun: string[];
  /** Returns whether the server has accepted this many connections, and received the headers of this many requests. */
  has(counts: { readonly connections: number; readonly requests: number }): boolean;
  finish(): void;
}

/** Starts a server whose requests wait for `finish`. */
async function slowServer(t: Test, bounds: DrainBounds): Promise<Draining> {
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const begun: string[] = [];
  const received = { connections: 0, requests: 0 };
  const app = Fastify({ forceCloseConnections: true });
  drainOnClose(app, systemClock, () => undefined, bounds);
  app.server.on('connection', () => (received.connections += 1));
  app.addHook('onRequest', async () => void (received.requests += 1));
  app.route({
    method: ['GET', 'POST'],
    url: '/slow',
    handler: async (request) => {
      begun.push(request.method);
      await finished;
      return {};
    },
  });
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  t.teardown(async () => {
    finish();
    await app.close();
  });
  const has: Draining['has'] = ({ connections, requests }) =>
    received.connections === connections && received.requests === requests;
  return { app, port, begun, has, finish };
}

/** Sends chunks on request and collects the response. */
function open(port: number): {
  write(text: string): void;
  readonly text: () => string;
  readonly ended: Promise<string>;
} {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<string>((resolve) => {
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
  return { write: (piece) => void socket.write(piece), text: () => text, ended };
}

const request = (method: string, length = 0): string =>
  `${method} /slow HTTP/1.1\r\nhost: x\r\n${length === 0 ? '' : 'content-type: application/json\r\n'}content-length: ${length}\r\n\r\n`;

void t.test('refuses new connections and late requests without calling a handler', async (t) => {
  const { app, port, begun, has, finish } = await slowServer(t, {
    graceMs: 100,
    requestTimeoutMs: 20_000,
    commandsMs: 20_000,
  });
  const [first, late, halfway] = [open(port), open(port), open(port)];
  first.write(request('POST'));
  // The headers arrive in time, the body too late.
  halfway.write(request('POST', 2));
  // Connections that the server has not accepted are lost when it stops listening.
  await eventually(() => begun.length === 1 && has({ connections: 3, requests: 2 }));
  const closing = app.close();
  await eventually(
    async () =>
      await new Promise<boolean>((resolve) =>
        connect(port, '127.0.0.1')
          .on('error', () => resolve(true))
          .on('connect', () => resolve(false)),
      ),
    {
      what: 'the end of listening',
    },
  );
  await eventually(
    () => {
      late.write(request('POST'));
      return late.text() !== '';
    },
    { interval: 300, what: 'a response' },
  );
  halfway.write('{}');
  for (const text of await Promise.all([late.ended, halfway.ended])) {
    t.match(text, /^HTTP\/1\.1 503 /);
    t.match(text.toLowerCase(), /connection: close/);
  }
  t.same(begun, ['POST'], 'no handler was called for the refused requests');
  finish();
  await closing;
  t.match(await first.ended, /^HTTP\/1\.1 200 /, 'the started request gets its response');
});

void t.test('refuses reads after the grace period, and waits for started commands', async (t) => {
  const { app, port, begun, finish } = await slowServer(t, {
    graceMs: 20,
    requestTimeoutMs: 50,
    commandsMs: 20_000,
  });
  const [reading, writing] = [open(port), open(port)];
  reading.write(request('GET'));
  writing.write(request('POST'));
  await eventually(() => begun.length === 2);
  const closing = app.close();
  t.match(await reading.ended, /^HTTP\/1\.1 503 /);
  t.equal(writing.text(), '');
  finish();
  await closing;
  t.match(await writing.ended, /^HTTP\/1\.1 200 /);
});

void t.test('waits for a hanging command only up to its limit', async (t) => {
  const { app, port, begun } = await slowServer(t, { graceMs: 20, requestTimeoutMs: 50, commandsMs: 50 });
  const writing = open(port);
  writing.write(request('POST'));
  await eventually(() => begun.length === 1);
  await app.close();
  t.match(await writing.ended, /^HTTP\/1\.1 503 /);
});
