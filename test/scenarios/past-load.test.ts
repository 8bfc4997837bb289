import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { startServer } from '../fixtures/server.js';
import { aJob } from '../src/http/support/test-api.js';

t.setTimeout(600_000);

const JOBS = 300;
const CLIENTS = 50;
const REQUESTS = 300;
/** Milliseconds until a refused client asks again. */
const REFUSED_MS = 250;
/** What the worst of a hundred ordinary requests may take longer while others ask about the past, in milliseconds. */
const SLOWER_MS = 100 * PATIENCE;

void t.test('fifty clients that ask about the past at once do not slow ordinary requests down', async (t) => {
  const server = await startServer(t, { env: { MUSTER_EMBEDDED_AGENT: 'false' } });
  for (let at = 0; at < JOBS; at += 1) await server.api.submit(aJob({ job_id: `job-${at}` }));

  /** Returns the 99th percentile of ordinary requests, in milliseconds. */
  const slowest = async (): Promise<number> => {
    const times: number[] = [];
    for (let at = 0; at < REQUESTS; at += 1) {
      const began = performance.now();
      t.equal((await server.api.get(`/jobs/job-${at % JOBS}`)).status, 200);
      times.push(performance.now() - began);
    }
    return times.sort((one, other) => one - other)[Math.floor(0.99 * times.length)]!;
  };
  await slowest();
  const alone = await slowest();

  let ended = false;
  const answered = new Map<number, number>();
  const ask = async (client: number): Promise<void> => {
    for (let at = client; !ended; at += CLIENTS) {
      const { status, headers } = await server.api.get(`/jobs?limit=100&as_of=${1 + (at % JOBS)}`);
      answered.set(status, (answered.get(status) ?? 0) + 1);
      if (status === 200) continue;
      t.ok(Number(headers['retry-after']) > 0, `${status} says when to try again`);
      await pause(REFUSED_MS);
    }
  };
  const clients = Array.from({ length: CLIENTS }, (_, client) => ask(client));
  const loaded = await slowest();
  ended = true;
  await Promise.all(clients);
  t.comment(
    `p99 ${alone.toFixed(1)} ms alone, ${loaded.toFixed(1)} ms with them; ${JSON.stringify([...answered])}`,
  );
  t.ok(loaded < alone + SLOWER_MS, `${loaded.toFixed(1)} ms instead of ${alone.toFixed(1)} ms`);
  t.ok((answered.get(200) ?? 0) > 0, 'some of them are answered');
  t.same(
    [...answered.keys()].filter((status) => ![200, 429, 503].includes(status)),
    [],
  );
});
