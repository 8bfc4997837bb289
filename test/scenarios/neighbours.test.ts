/** One tenant asks for as much as it may. Others must hardly notice. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { readEvents, readRecorded } from '../fixtures/event-log.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(1_200_000);
const PASSWORD = 'password123';
/** The default quotas of a tenant. */
const [TASKS, RUNS_PER_MINUTE, NOTIFICATIONS] = [1_000, 600, 20];
const NOTICES = 200;
const CLIENTS = 16;
const MINUTE_MS = 60_000;
const MEBIBYTE = 1024 ** 2;
/** Without quotas, others waited for 30 s. */
const MAX_DELAY_MS = 10_000 * PATIENCE;

async function listen(answer: RequestListener): Promise<string> {
  const site = createServer(answer);
  await new Promise<void>((listens) => site.listen(0, '127.0.0.1', listens));
  t.teardown(() => site.close().closeAllConnections());
  return `127.0.0.1:${(site.address() as AddressInfo).port}`;
}

const quick = await listen((request, response) => request.resume().on('end', () => response.end()));
const silent = await listen(() => undefined);
const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: PASSWORD } });
await startAgent(t, server, {
  env: { MUSTER_HTTP_ALLOW: `${quick},${silent}`, MUSTER_AGENT_RESOURCES: 'cpu=4000,memory=8000,slots=40' },
});

async function account(username: string): Promise<TaskAccount> {
  await server.api.post('/api/auth/register', { username, password: PASSWORD });
  return await TaskAccount.logIn(server.api, username, PASSWORD);
}

const CALL = { executor: 'http', url: `http://${quick}/` };
const [greedy, modest] = [await account('greedy'), await account('modest')];

/** Runs the other tenant's task until the moment, and returns how long its slowest run took. */
async function slowestUntil(moment: number, task: number): Promise<number> {
  let slowest = 0;
  while (Date.now() < moment) {
    const began = performance.now();
    const { id } = await modest.trigger(task);
    await modest.is(task, id, 'success');
    slowest = Math.max(slowest, performance.now() - began);
    await pause(2_000);
  }
  return slowest;
}

void t.test('a thousand tasks of 60 KB that run each minute delay no other tenant', async (t) => {
  const body = 'b'.repeat(60_000);
  let made = 0;
  const ids: number[] = [];
  const create = async (): Promise<void> => {
    while (made < TASKS) {
      const name = `minutely-${(made += 1)}`;
      ids.push((await greedy.create({ ...CALL, name, method: 'POST', body, schedule: '* * * * *' })).id);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, create));
  const more = await greedy.call('post', '/api/tasks', { ...CALL, name: 'one more' });
  t.match(more, { status: 403, body: { message: new RegExp(`${TASKS} of ${TASKS} are used`) } });

  const { id } = await modest.create({ ...CALL, name: 'modest' });
  const first = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS;
  await pause(first - Date.now());
  const before = (await readRecorded(server)).at(-1)?.position;
  const slowest = await slowestUntil(first + 2 * MINUTE_MS, id);
  t.ok(slowest < MAX_DELAY_MS, `the slowest run of the other tenant took ${slowest.toFixed(0)} ms`);

  const added = await readRecorded(server, undefined, before);
  const bytes = added.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
  t.comment(`${added.length} events with ${(bytes / MEBIBYTE).toFixed(1)} MiB in two minutes`);
  t.ok(bytes < 2 * 20 * MEBIBYTE, 'a minute adds less than a third of the bodies to the log');
  const placed = new Map<number, number>();
  const of = new Set(ids);
  for (const { type, data, metadata } of await readEvents(server, { types: ['AllocationPlaced'] })) {
    if (type !== 'AllocationPlaced' || !of.has(Number(/^task\.(\d+)\./.exec(data.jobId)?.[1]))) continue;
    const minute = Math.floor(metadata.at / MINUTE_MS);
    placed.set(minute, (placed.get(minute) ?? 0) + 1);
  }
  t.ok(
    Math.max(...placed.values()) > RUNS_PER_MINUTE / 4,
    `${[...placed.values()].join(', ')} runs a minute`,
  );
  t.ok(Math.max(...placed.values()) <= RUNS_PER_MINUTE, 'no minute has more runs than the quota allows');
  for (const each of ids) await greedy.call('delete', `/api/tasks/${each}`);
});

void t.test('two hundred notifications that nobody answers delay no other tenant’s', async (t) => {
  const notify = { on: ['success'], url: `http://${silent}/` };
  const talker = await account('talker');
  const slow = await talker.create({ ...CALL, name: 'told slowly', notify });
  for (let run = 0; run < NOTICES; run += 1) await talker.trigger(slow.id);
  interface Quota {
    readonly quota: string;
    readonly of: string;
    readonly used: number;
    readonly limit: number | null;
  }
  const underWay = async (): Promise<number> => {
    const { body } = await talker.call<readonly Quota[]>('get', '/api/quotas');
    return body.data.find(({ quota, of }) => quota === 'notifications' && of === 'tenant')?.used ?? 0;
  };
  await eventually(async () => (await underWay()) === NOTIFICATIONS, {
    timeout: 120_000,
    what: 'as many notifications under way as the quota allows',
  });
  const { id } = await modest.create({
    ...CALL,
    name: 'told quickly',
    notify: { on: ['success'], url: CALL.url },
  });
  await modest.trigger(id);
  const began = performance.now();
  await modest.noticeIs(id, 1, 'delivered');
  const took = performance.now() - began;
  t.ok(took < MAX_DELAY_MS, `the other tenant's notification took ${took.toFixed(0)} ms`);
  t.ok((await underWay()) <= NOTIFICATIONS, 'no more are under way than the quota allows');
});

void t.test('after these tests all invariants hold', async (t) => {
  await invariantsHold(t, server);
});
