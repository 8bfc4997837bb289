import { availableParallelism } from 'node:os';
import t from 'tap';
import { startServer } from '../fixtures/server.js';

/** How many log in at once. */
const ACCOUNTS = 500;
t.setTimeout(600_000);

void t.test('500 accounts log in at once, and all do, while the list of jobs goes on being answered', async (t) => {
  const raised = { MUSTER_LOGINS_PER_MINUTE: '100000', MUSTER_REGISTRATIONS_PER_MINUTE: '100000', MUSTER_HASH_QUEUE: '2000' };
  const server = await startServer(t, { env: raised });
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) => ({ username: `user${index}`, password: `password-${index}` }));
  const made = await Promise.all(accounts.map((account) => server.api.post('/api/auth/register', account, { timeout: 300_000 })));
  t.equal(made.filter(({ status }) => status === 201).length, ACCOUNTS);

  let done = false;
  const durations: number[] = [];
  const statuses = new Set<number>();
  const watching = (async () => {
    while (!done) {
      const began = performance.now();
      statuses.add((await server.api.get('/jobs')).status);
      durations.push(performance.now() - began);
    }
  })();
  // Sockets of their own: none of them waits for another's answer on the client's side.
  const logins = await Promise.all(
    accounts.map(async (account) => {
      const answer = await fetch(`${server.url}/api/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(account) });
      await answer.text();
      return answer.status;
    }),
  );
  done = true;
  await watching;
  t.equal(logins.filter((status) => status === 200).length, ACCOUNTS);
  t.same([...statuses], [200]);
  durations.sort((a, b) => a - b);
  const p99 = durations[Math.floor(durations.length * 0.99)] ?? 0;
  t.comment(`${durations.length} GETs of /jobs meanwhile, p50 ${(durations[durations.length >> 1] ?? 0).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, on ${availableParallelism()} cores`);
  // Each hash takes some 50 ms of a core: were they done where requests are answered, all of them would stand in the way.
  t.ok(durations.length > ACCOUNTS / 10, 'the list was answered again and again');
});
