import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import t, { type Test } from 'tap';
import { runCheck } from '#agents/checks/run-check.js';
import { CheckImpossibleError, type TaskReach } from '#agents/checks/reach.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { freePort } from '../../fixtures/free-port.js';

const LIFE = new AbortController().signal;
const reach: TaskReach = {
  address: (port) => ({ host: '127.0.0.1', port }),
  exec: async ([word = '']) => Number(word),
};

async function listening(t: Test, answer: (write: (text: string) => void) => void): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer((text) => void socket.write(text)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const http = (port: number, timeout = 60) =>
  runCheck({ type: 'http', port, path: '/healthz', timeout_seconds: timeout }, reach, systemClock, LIFE);

void t.test('accepts an open port, and rejects a closed one', async (t) => {
  const port = await listening(t, () => undefined);
  t.strictSame(await runCheck({ type: 'tcp', port }, reach, systemClock, LIFE), {
    ok: true,
    text: 'accepted a connection',
  });
  const closed = await runCheck({ type: 'tcp', port: await freePort() }, reach, systemClock, LIFE);
  t.match(closed, { ok: false, text: /ECONNREFUSED/ });
});

void t.test('accepts a 2xx or 3xx response, and reports the status of others', async (t) => {
  for (const [status, ok] of [
    [200, true],
    [204, true],
    [302, true],
    [404, false],
    [503, false],
  ] as const) {
    const port = await listening(t, (write) =>
      write(`HTTP/1.1 ${status} Word\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n`),
    );
    t.strictSame(await http(port), { ok, text: `answered ${status}` });
  }
});

void t.test('rejects a response that is not HTTP', async (t) => {
  t.match(await http(await listening(t, (write) => write('220 mail ready\r\n'))), { ok: false });
});

void t.test(
  'passes on the status of a response without reading a long body, and fails on very long headers',
  async (t) => {
    const body = await listening(t, (write) => {
      write('HTTP/1.1 200 OK\r\n\r\n');
      for (let count = 0; count < 100; count += 1) write('x'.repeat(65_536));
    });
    t.strictSame(await http(body), { ok: true, text: 'answered 200' });
    const headers = await listening(t, (write) => {
      write('HTTP/1.1 200 OK\r\n');
      for (let count = 0; count < 100; count += 1) write(`x-${count}: ${'x'.repeat(1000)}\r\n`);
    });
    t.match(await http(headers), { ok: false });
  },
);

void t.test('fails if the check times out', async (t) => {
  const silent = await listening(t, () => undefined);
  t.strictSame(await http(silent, 0.1), { ok: false, text: 'no answer within 0.1 s' });
});

void t.test('accepts a program that exits with 0', async (t) => {
  t.strictSame(await runCheck({ type: 'exec', command: ['0'] }, reach, systemClock, LIFE), {
    ok: true,
    text: 'exited with code 0',
  });
  t.strictSame(await runCheck({ type: 'exec', command: ['7'] }, reach, systemClock, LIFE), {
    ok: false,
    text: 'exited with code 7',
  });
});

void t.test('fails with the reason if the port cannot be reached', async (t) => {
  const lost: TaskReach = {
    ...reach,
    address: () => {
      throw new Error('port 80 is not reached');
    },
  };
  t.strictSame(await runCheck({ type: 'tcp', port: 80 }, lost, systemClock, LIFE), {
    ok: false,
    text: 'port 80 is not reached',
  });
});

void t.test('returns no result if the check cannot be run', async (t) => {
  const away: TaskReach = {
    ...reach,
    exec: () => Promise.reject(new CheckImpossibleError('the daemon is away')),
  };
  t.equal(await runCheck({ type: 'exec', command: ['0'] }, away, systemClock, LIFE), undefined);
});
