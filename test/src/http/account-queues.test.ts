import t from 'tap';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Principal } from '#src/accounts/index.js';
import { AccountQueues } from '#src/http/account-queues.js';
import { openTestApi } from './support/test-api.js';

const PASSWORD = 'password123';
const nothing = { position: 0n, from: 0n, until: undefined, lacks: [] };

/** Calls that wait until they are released. */
function held<Result>(result: Result) {
  const waiting: (() => void)[] = [];
  return {
    call: async (): Promise<Result> =>
      await new Promise<Result>((resolve) => waiting.push(() => resolve(result))),
    waiting,
    release: (): void => {
      for (const each of waiting.splice(0)) each();
    },
  };
}

function account(userId: string, role: 'user' | 'admin' = 'user', execute = true): Principal {
  return { kind: 'user', userId, number: 1, role, tenantId: userId, execute, via: 'token' };
}

const statusOf = async (call: Promise<unknown>): Promise<number> =>
  await call.then(
    () => 200,
    (error: unknown) => (error as { readonly status: number }).status,
  );

void t.test('lets one account wait without filling the thread’s queue', async (t) => {
  const queues = new AccountQueues({ all: 8, what: 'questions' });
  const { call, waiting, release } = held(undefined);
  const ask = async (who: Principal): Promise<number> => await statusOf(queues.run(who, call));
  const ann = Array.from({ length: 18 }, async () => await ask(account('ann')));
  await Promise.resolve();
  t.equal(waiting.length, 2, 'the thread has two calls of an account, the others wait');
  t.equal(await ask(account('ann')), 429);
  const others = ['ben', 'cid'].flatMap((name) => [ask(account(name)), ask(account(name))]);
  await Promise.resolve();
  t.equal(waiting.length, 6, 'other accounts are not delayed');
  t.equal(await ask(account('dan')), 503, 'all accounts together have their share');
  const operators = [ask(account('root', 'admin')), ask({ kind: 'anonymous' })];
  await Promise.resolve();
  t.equal(waiting.length, 8, 'operators are not limited');
  const all = Promise.all([...ann, ...others, ...operators]);
  let done = false;
  void all.then(() => (done = true));
  while (!done) {
    release();
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.same(new Set(await all), new Set([200]), 'those that waited are served');
  t.equal(await statusOf(queues.run(account('ann'), async () => undefined)), 200);
});

void t.test('self-registered accounts together have a quarter of the thread', async (t) => {
  const queues = new AccountQueues({ all: 16, what: 'questions' });
  const { call, waiting, release } = held(undefined);
  const ask = async (who: Principal): Promise<number> => await statusOf(queues.run(who, call));
  const many = Array.from({ length: 14 }, (_, index) => account(`new-${index}`, 'user', false));
  const asked = many.flatMap((each) => [ask(each), ask(each)]);
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(waiting.length, 4);
  const bob = ask(account('bob'));
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(waiting.length, 5, 'an account that was not self-registered is served');
  release();
  t.equal(await bob, 200);
  t.same((await Promise.all(asked)).sort(), [...Array<number>(4).fill(200), ...Array<number>(24).fill(503)]);
});

void t.test('an account that repeats requests for a thread does not lock out operators', async (t) => {
  const past = held({ status: 200, headers: {}, body: Buffer.from('{}'), ...nothing });
  const usage = held([]);
  const reads = held([]);
  let [most, mostRuns, mostReads] = [0, 0, 0];
  const api = await openTestApi(t, {
    settings: { testApiKey: undefined, joinToken: 'a-join-token-of-some-length', host: '0.0.0.0' },
    past: {
      ask: async () => {
        most = Math.max(most, past.waiting.length + 1);
        return await past.call();
      },
    },
    eventStore: {
      head: async () => 5n,
      readAll: async function* () {
        mostReads = Math.max(mostReads, reads.waiting.length + 1);
        await reads.call();
        yield [];
      },
    } as unknown as EventStore,
    dryRuns: {
      ask: async () => await Promise.reject(new Error('not asked here')),
      quotaUsage: async () => {
        mostRuns = Math.max(mostRuns, usage.waiting.length + 1);
        return await usage.call();
      },
    },
  });
  await firstAdministrator(
    api.identity,
    { username: 'root', password: PASSWORD },
    { uuid: () => globalThis.crypto.randomUUID() },
  );
  await api.say('POST', '/api/auth/register', { username: 'mal', password: PASSWORD });
  const logIn = async (username: string): Promise<Record<string, string>> => ({
    authorization: `Bearer ${((await api.say('POST', '/api/auth/login', { username, password: PASSWORD })).json() as { token: string }).token}`,
  });
  const [mal, root] = [await logIn('mal'), await logIn('root')];
  await api.caughtUp();
  const requests = (url: string) =>
    Array.from({ length: 40 }, async () => (await api.say('GET', url, undefined, mal)).status);
  for (const [url, thread, ofOperator] of [
    ['/api/tasks?as_of=1', past, '/jobs?as_of=1'],
    ['/api/quotas', usage, '/api/quotas/tenants'],
    ['/console/api/events', reads, '/console/api/events'],
  ] as const) {
    const statuses = Promise.all(requests(url));
    while (thread.waiting.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    const operator = api.say('GET', ofOperator, undefined, root);
    let ended = false;
    void Promise.all([statuses, operator]).then(() => (ended = true));
    while (!ended) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      thread.release();
    }
    t.equal((await operator).status, 200, url);
    const counts = (await statuses).filter((status) => status === 200).length;
    t.equal(counts, 18, `${url}: as many as may wait are served`);
    t.same(new Set(await statuses), new Set([200, 429]), url);
  }
  t.same(
    [most, mostRuns, mostReads],
    [3, 3, 3],
    'two calls of the account and one of the operator at a time',
  );
});
