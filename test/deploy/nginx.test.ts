import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { join } from 'node:path';
import t from 'tap';
import type { JobView } from '../fixtures/api.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { job } from '../fixtures/jobs.js';
import { Program, runToEnd, MUSTER } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { hasOpenssl } from '../fixtures/self-signed.js';
import { startServer } from '../fixtures/server.js';
import { Coming, type Asked } from './coming.js';
import { hasNginx, startNginx } from './nginx.js';

t.setTimeout(300_000 * PATIENCE);

const PASSWORD = 'a password of twelve';
const JOIN_TOKEN = 'a-token-for-all-the-nodes';

void t.test('a server behind nginx, over TLS', async (t) => {
  if (!required(t, hasNginx && hasOpenssl, 'nginx and openssl')) return;
  const socket = join(ownFolder(t), 'server.sock');
  await startServer(t, {
    env: {
      MUSTER_LISTEN: `unix:${socket}`,
      MUSTER_ALLOWED_HOSTS: 'muster.example',
      MUSTER_ADMIN_PASSWORD: PASSWORD,
      MUSTER_JOIN_TOKEN: JOIN_TOKEN,
    },
  });
  const nginx = await startNginx(t, socket);
  const ask = (path: string, asked: Asked = {}): Coming => new Coming(nginx, path, asked);
  const folder = ownFolder(t);
  const trusting = { MUSTER_SERVER_URL: nginx.url, NODE_EXTRA_CA_CERTS: nginx.certFile, HOME: folder };
  const cli = async (args: readonly string[], input = '') =>
    await runToEnd({ command: process.execPath, args: [MUSTER, ...args], env: trusting, input });

  await t.test('redirects plain HTTP to HTTPS', async (t) => {
    const { status, headers } = await fetch(`http://127.0.0.1:${nginx.plainPort}/nodes?a=b`, {
      redirect: 'manual',
    });
    t.same([status, headers.get('location')], [308, 'https://127.0.0.1/nodes?a=b']);
  });

  await t.test(
    'accepts only the public host name, and treats no client of the proxy as the operator',
    async (t) => {
      t.equal((await ask('/readyz').whole()).status, 200);
      t.equal((await ask('/readyz', { host: 'elsewhere.example' }).whole()).status, 421);
      t.equal((await ask('/nodes').whole()).status, 401);
    },
  );

  await t.test('accepts the public host name over HTTP/2', async (t) => {
    const session = connect(`https://127.0.0.1:${nginx.port}`, { ca: nginx.cert, servername: 'localhost' });
    t.teardown(() => session.close());
    const [headers] = (await once(
      session.request({ ':path': '/readyz', ':authority': 'muster.example' }),
      'response',
    )) as [{ ':status': number }];
    t.equal(headers[':status'], 200);
  });

  t.match(
    await cli(['login', 'admin'], `${PASSWORD}\n`),
    { code: 0 },
    'the command line logs in through the proxy',
  );
  const agent = Program.muster(['agent'], {
    ...trusting,
    MUSTER_DATA_DIR: join(folder, 'agent'),
    MUSTER_JOIN_TOKEN: JOIN_TOKEN,
  });
  t.teardown(async () => await agent.end('SIGTERM'));
  await t.test('an agent joins through the proxy', async () => {
    await eventually(
      async () => {
        const { stdout, stderr } = await cli(['node', 'list', '-o', 'json']);
        if (!stdout.includes('"healthy": true')) throw new Error(`${stdout}${stderr}\n${agent.tail()}`);
        return true;
      },
      { timeout: 60_000, interval: 500, what: 'a healthy node' },
    );
  });

  const login = await ask('/api/auth/login', {
    method: 'POST',
    body: { username: 'admin', password: PASSWORD },
  }).whole();
  const authorization = `Bearer ${(JSON.parse(login.text) as { token: string }).token}`;
  const post = async (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    await ask(path, { method: 'POST', body, headers: { authorization, ...headers } }).whole();

  await t.test('streams followed events and logs as they are written', async (t) => {
    const events = ask('/audit/events?follow=true', {
      headers: { authorization, accept: 'text/event-stream' },
    });
    t.teardown(() => events.close());
    await eventually(() => events.status === 200, { what: 'the stream of events' });
    const go = join(folder, 'go');
    const command = `echo one; until [ -e ${go} ]; do sleep 0.1; done; echo two`;
    t.equal((await post('/jobs', job('talks', { command, cpu: 1, memory: 8 }))).status, 200);
    await eventually(() => /^data: .*JobSubmitted.*talks/m.test(events.text), {
      what: 'the event of the job on the stream',
    });

    const { allocation_id: id } = await eventually(
      async () => {
        const { text } = await ask('/jobs/talks', { headers: { authorization } }).whole();
        return (JSON.parse(text) as JobView).allocations.find(({ status }) => status === 'running');
      },
      { timeout: 60_000, interval: 100, what: 'a running allocation' },
    );
    const log = ask(`/jobs/talks/allocations/${id}/logs?follow=true`, { headers: { authorization } });
    await eventually(() => log.text === 'one\n', { what: 'the first line of the log' });
    t.notOk(log.ended);
    writeFileSync(go, '');
    await log.whole();
    t.equal(log.text, 'one\ntwo\n');
  });

  await t.test('accepts changes only from pages under the public host name', async (t) => {
    const from = (origin: string) => ({ origin });
    t.equal(
      (await post('/jobs', job('own', { command: 'true' }), from('https://muster.example'))).status,
      200,
    );
    t.equal(
      (await post('/jobs', job('foreign', { command: 'true' }), from('https://elsewhere.example'))).status,
      403,
    );
  });

  await t.test("passes on the server's error for a body that is too large", async (t) => {
    const { status, text } = await post('/jobs', { padding: 'x'.repeat(600_000) });
    t.equal(status, 400);
    t.match(JSON.parse(text), { error: String });
  });

  await t.test(
    'login attempts from one address lock out no other address, even with forged headers',
    async (t) => {
      const logIn = async (
        from: string,
        password: string,
        headers: Readonly<Record<string, string>> = {},
      ): Promise<number> =>
        (
          await ask('/api/auth/login', {
            method: 'POST',
            body: { username: 'admin', password },
            from,
            headers,
          }).whole()
        ).status;
      const wrong: number[] = [];
      for (let n = 0; n < 12; n += 1)
        wrong.push(
          await logIn('127.0.0.5', 'nothing at all', { 'x-forwarded-for': `127.0.0.6, 10.0.0.${n}` }),
        );
      t.ok(wrong.includes(401) && wrong.at(-1) === 429, wrong.join(' '));
      t.equal(await logIn('127.0.0.5', PASSWORD), 429, 'the address itself is locked out');
      t.equal(await logIn('127.0.0.6', PASSWORD), 200);
    },
  );

  await t.test('rate-limits an address that tries many passwords', async (t) => {
    const tries = await Promise.all(
      Array.from(
        { length: 60 },
        async (_none, index) =>
          (
            await ask('/api/auth/login', {
              method: 'POST',
              body: { username: `nobody-${index}`, password: 'nothing at all' },
            }).whole()
          ).status,
      ),
    );
    t.ok(tries.includes(429), tries.join(' '));
    t.equal((await ask('/readyz').whole()).status, 200, 'other requests are not limited');
  });
});
