import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { PATIENCE } from '../fixtures/eventually.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(600_000);
const password = 'password123';
/** Maximum streams of one account, and of all accounts together, which is three quarters of the server's 256. */
const OF_ACCOUNT = 32;
const OF_ACCOUNTS = 192;

const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: password } });
await startAgent(t, server, { env: { MUSTER_AGENT_RESOURCES: 'cpu=8000,memory=8000,slots=40' } });
const root = await TaskAccount.logIn(server.api, 'admin', password);

interface Writer {
  readonly account: TaskAccount;
  /** Path of the log of its own run. */
  readonly logs: string;
}

/** Creates an account with a run that writes a line every 100 ms. */
async function writer(username: string): Promise<Writer> {
  await root.call('post', '/api/auth/users', { username, password, role: 'user' });
  const account = await TaskAccount.logIn(server.api, username, password);
  const { id } = await account.create({
    name: 'lines',
    command: 'while true; do echo a line of some length; sleep 0.1; done',
  });
  await account.trigger(id);
  await account.is(id, 1, 'running');
  return { account, logs: `/api/tasks/${id}/runs/1/logs?follow=true` };
}

/** Opens a stream, discards its data, and returns the response. */
async function follow({ account, logs }: Writer): Promise<IncomingMessage> {
  const call = request(`${server.url}${logs}`, { headers: account.headers, agent: false });
  t.teardown(() => call.destroy());
  call.end();
  const [answer] = (await once(call, 'response')) as [IncomingMessage];
  call.on('error', () => undefined);
  answer.on('error', () => undefined).resume();
  return answer;
}

const probe = await root.create({ name: 'probe', command: 'true' });
let runs = 0;

/** Measures the milliseconds until an administrator has read the status, and until a new run has ended. */
async function delays(): Promise<{ readonly status: number; readonly run: number }> {
  const begun = performance.now();
  t.equal((await root.call('get', '/api/system/status')).status, 200);
  const status = performance.now() - begun;
  await root.trigger(probe.id);
  await root.is(probe.id, (runs += 1), 'success');
  return { status, run: performance.now() - begun - status };
}

const words = ({ status, run }: { readonly status: number; readonly run: number }): string =>
  `status after ${Math.round(status)} ms, a run is over after ${Math.round(run)} ms`;

void t.test('an account that follows 40 logs is limited, and does not delay other accounts', async (t) => {
  const quiet = await delays();
  t.comment(`no log is followed: ${words(quiet)}`);
  const ann = await writer('ann');
  const answers = await Promise.all(Array.from({ length: 40 }, async () => await follow(ann)));
  t.equal(answers.filter(({ statusCode }) => statusCode === 200).length, OF_ACCOUNT);
  const refused = answers.filter(({ statusCode }) => statusCode === 429);
  t.equal(refused.length, 40 - OF_ACCOUNT);
  t.ok(refused.every(({ headers }) => Number(headers['retry-after']) > 0));
  const busy = await delays();
  t.comment(`40 logs of one account: ${words(busy)}`);
  t.ok(busy.status < 2000 * PATIENCE, words(busy));
  t.ok(busy.run < quiet.run + 2000 * PATIENCE, words(busy));
});

void t.test(
  'when ten accounts follow 300 logs, administrators can still follow logs and get fast responses',
  async (t) => {
    const writers = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => await writer(`follower${index}`)),
    );
    const answers = await Promise.all(
      writers.flatMap((each) => Array.from({ length: 30 }, async () => await follow(each))),
    );
    const followed = answers.filter(({ statusCode }) => statusCode === 200);
    t.equal(followed.length, OF_ACCOUNTS - OF_ACCOUNT, 'the streams of the first account continue');
    t.ok(answers.every(({ statusCode }) => statusCode === 200 || statusCode === 503));
    const busy = await delays();
    t.comment(`${OF_ACCOUNTS} logs of eleven accounts: ${words(busy)}`);
    t.ok(busy.status < 2000 * PATIENCE, words(busy));
    t.ok(busy.run < 5000 * PATIENCE, words(busy));
    t.equal((await root.api.get('/audit/events?limit=1', { headers: root.headers })).status, 200);
  },
);

void t.test(
  'events can be read and followed from any position, even one that the log has not reached yet',
  async (t) => {
    const lines = async (query: string): Promise<bigint[]> => {
      const answer = await fetch(`${server.url}/audit/events?${query}`, { headers: root.headers });
      t.equal(answer.status, 200, query);
      return (await answer.text())
        .split('\n')
        .filter(Boolean)
        .map((line) => BigInt((JSON.parse(line) as { position: string }).position));
    };
    const env = { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: root.token };
    const last = await muster(['events', '--type', 'TaskCreated', '--last', '5', '-o', 'json'], env);
    t.equal(last.code, 0, last.stderr);
    t.equal(last.stdout.split('\n').filter(Boolean).length, 5);
    for (const bound of ['from', 'after']) {
      const [newest = 0n] = await lines('direction=backwards&limit=1');
      for (const position of [newest + 1n, newest + 1_000_000n, 9_999_999_999_999_999_999n]) {
        const before = await lines(`direction=backwards&limit=1&${bound}=${position}`);
        t.ok((before[0] ?? 0n) >= newest, `the newest event before ${position} is returned`);
      }
      t.same(await lines(`${bound}=9999999999999999999`), []);
      const beyond = new AbortController();
      const silent = await fetch(`${server.url}/audit/events?follow=true&${bound}=${newest + 1_000_000n}`, {
        headers: root.headers,
        signal: beyond.signal,
      });
      t.equal(silent.status, 200);
      const resumed = new AbortController();
      const followed = await fetch(
        `${server.url}/audit/events?follow=true&type=TaskCreated&${bound}=${newest + 1n}`,
        {
          headers: root.headers,
          signal: resumed.signal,
        },
      );
      const created = await root.create({ name: `later-${bound}`, command: 'true' });
      const { value } = (await followed.body!.getReader().read()) as { value: Uint8Array };
      t.match(JSON.parse(new TextDecoder().decode(value).split('\n')[0] ?? ''), {
        type: 'TaskCreated',
        stream: `task-${created.id}`,
      });
      beyond.abort();
      resumed.abort();
      t.same(await lines('from=0&limit=1'), await lines('limit=1'));
    }
    t.equal((await root.call('get', '/api/system/status')).status, 200);
  },
);

void t.test('after these tests all invariants hold', async (t) => {
  await invariantsHold(t, server);
});
