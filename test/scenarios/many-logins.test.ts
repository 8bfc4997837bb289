import { availableParallelism } from 'node:os';
import t from 'tap';
import { startServer, type Server } from '../fixtures/server.js';

/** Number of concurrent logins. */
const ACCOUNTS = 500;
/** Maximum milliseconds for 99 of 100 lists of jobs during the logins. */
const BAR = 250;
/** Maximum number of measurements. A slow one is repeated, because other work on the machine may have used its cores. */
const MEASUREMENTS = 3;
t.setTimeout(900_000);

const accounts = Array.from({ length: ACCOUNTS }, (_, index) => ({
  username: `user${index}`,
  password: `password-${index}`,
}));

void t.test('500 concurrent logins all succeed while the list of jobs responds within 250 ms', async (t) => {
  const raised = {
    MUSTER_LOGINS_PER_MINUTE: '100000',
    MUSTER_REGISTRATIONS_PER_MINUTE: '100000',
    MUSTER_HASH_QUEUE: '2000',
  };
  const server = await startServer(t, { env: raised });
  const made = await Promise.all(
    accounts.map((account) => server.api.post('/api/auth/register', account, { timeout: 300_000 })),
  );
  t.equal(made.filter(({ status }) => status === 201).length, ACCOUNTS);

  let p99 = Number.POSITIVE_INFINITY;
  for (let measurement = 1; measurement <= MEASUREMENTS && p99 >= BAR; measurement += 1) {
    const { durations, statuses, logins } = await measure(server);
    t.equal(logins.filter((status) => status === 200).length, ACCOUNTS);
    t.same([...statuses], [200]);
    // Each hash takes some 50 ms of a core. On the thread that serves requests, the hashes would block these reads.
    t.ok(durations.length > ACCOUNTS / 10, 'the list was returned many times');
    p99 = durations[Math.floor(durations.length * 0.99)] ?? p99;
    t.comment(
      `measurement ${measurement}: ${durations.length} GETs of /jobs meanwhile, p50 ${(durations[durations.length >> 1] ?? 0).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, on ${availableParallelism()} cores`,
    );
  }
  t.ok(p99 < BAR, `p99 ${p99.toFixed(1)} ms`);
});

async function measure({ api, url }: Server): Promise<{
  readonly durations: readonly number[];
  readonly statuses: ReadonlySet<number>;
  readonly logins: readonly number[];
}> {
  let done = false;
  const durations: number[] = [];
  const statuses = new Set<number>();
  const watching = (async () => {
    while (!done) {
      const began = performance.now();
      statuses.add((await api.get('/jobs')).status);
      durations.push(performance.now() - began);
    }
  })();
  // Uses separate sockets, so that no login waits for another response on the client side.
  const logins = await Promise.all(
    accounts.map(async (account) => {
      const answer = await fetch(`${url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(account),
      });
      await answer.text();
      return answer.status;
    }),
  );
  done = true;
  await watching;
  return { durations: durations.sort((a, b) => a - b), statuses, logins };
}
