import { connect, type Socket } from 'node:net';
import t from 'tap';
import { eventually } from '../fixtures/eventually.js';
import { startServer } from '../fixtures/server.js';

const ACCOUNT = { username: 'ann', password: 'password123' };
/** Connections of each kind. */
const MANY = 200;
t.setTimeout(600_000);

const server = await startServer(t);

/** A request that sends a byte now and then and never ends. */
class Drip {
  received = '';
  over = false;
  readonly #timer: NodeJS.Timeout;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => this.stop());
    this.#timer = setInterval(() => socket.write('a'), 500);
  }

  static begin(head: string): Drip {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(head));
    return new Drip(socket);
  }

  stop(): void {
    this.over = true;
    clearInterval(this.#timer);
    this.socket.destroy();
  }
}

void t.test(
  'requests sent byte by byte delay no others, and time out after 10 s in the headers or 30 s in the body',
  async (t) => {
    t.equal((await server.api.post('/api/auth/register', ACCOUNT)).status, 201);
    const line = 'POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\n';
    const heads = Array.from({ length: MANY }, () => Drip.begin(`${line}X-Slow: `));
    const bodies = Array.from({ length: MANY }, () =>
      Drip.begin(`${line}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"username":"`),
    );
    const drips = [...heads, ...bodies];
    t.teardown(() => drips.forEach((drip) => drip.stop()));
    let answered = 0;
    await eventually(
      async () => {
        t.equal(
          (await server.api.post('/api/auth/login', ACCOUNT)).status,
          200,
          'a login succeeds in the meantime',
        );
        answered += 1;
        return drips.every(({ over }) => over);
      },
      { timeout: 120_000, interval: 1000, what: 'the end of every slow request' },
    );
    t.ok(answered > 5, `${answered} logins in the meantime`);
    const notInTime = drips.filter(({ received }) =>
      /^HTTP\/1\.1 408 [^]*\{"error":"request: not complete in time"\}$/.test(received),
    );
    t.equal(notInTime.length, drips.length, 'each slow request is refused with 408', {
      others: [...new Set(drips.map(({ received }) => received))].slice(0, 4),
    });
    t.equal((await server.api.get('/readyz')).status, 200);
  },
);

void t.test(
  'a token of a megabyte is refused before it has arrived completely, wherever it is in the request',
  async (t) => {
    const token = 'A'.repeat(1_048_576);
    for (const header of [
      `Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.${token}.x`,
      `X-API-Key: mus_${token}`,
      `Cookie: session=${token}`,
    ]) {
      const socket = connect(server.port, '127.0.0.1');
      let received = '';
      socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
      // The server closes the connection before it has read the whole request.
      socket.on('error', () => undefined);
      socket.write(`GET /api/auth/me HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\n`);
      await new Promise((resolve) => socket.once('close', resolve));
      t.match(
        received,
        /^(HTTP\/1\.1 431 [^]*\{"error":"headers: larger than \d+ bytes"\})?$/,
        `${header.slice(0, 12)}: a response to an incomplete request has the usual shape`,
      );
    }
    t.equal(
      (await server.api.post('/api/auth/login', { username: token, password: token })).status,
      400,
      'a long token in a body is refused',
    );
    t.equal(
      (await server.api.get('/api/auth/me', { headers: { authorization: `Bearer ${'A'.repeat(15_000)}` } }))
        .status,
      401,
      'a token that fits is checked',
    );
    t.equal((await server.api.get('/readyz')).status, 200);
  },
);
