/**
 * Tests the console on a long history. Limits are several times what an idle machine needs, because tests share two cores.
 * The measured values are printed. With `MUSTER_TEST_SOAK=1` there are 100,000 jobs, and events for a minute.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { writeLivedLog } from '../bench/lived-log.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { group } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';
import { SOAK } from '../fixtures/wiring/wiring.js';
import { openBrowser, Window } from './fixtures/browser.js';

t.setTimeout(900_000);

const JOBS = SOAK ? 100_000 : 10_000;
const EVENTS_OF_A_JOB = 8;
const NODES = 50;
/** Maximum number of rows in the DOM, whatever the length of the list. */
const MOST_ROWS = 120;
const FIRST_ROWS_MS = 5_000 * PATIENCE;
const TO_END_MS = 2_500 * PATIENCE;
const STEPS = 50;
const STEP_P95_MS = 3_000 * PATIENCE;
const SECONDS = SOAK ? 60 : 8;
const SUBMISSIONS_A_SECOND = 170;
/** With fewer events, the measurement would be meaningless. */
const LEAST_EVENTS = 100 * SECONDS;
const BUSY_SHARE = 0.6;
const HEAP_GROWTH_BYTES = 40_000_000;

const dataDir = ownFolder(t);
await writeLivedLog(dataDir, JOBS * EVENTS_OF_A_JOB, NODES);
// The jobs ended long ago. With the default, they would be archived during the test.
const server = await startServer(t, {
  dataDir,
  env: { MUSTER_ENDED_JOBS_DAYS: '0' },
  readyWithin: 600_000,
});
const { api } = server;
const countJobs = async (): Promise<number> =>
  (await api.get<{ total: number }>('/console/api/jobs?limit=1')).body.total;
const jobs = await countJobs();
const browser = await openBrowser();
t.teardown(async () => await browser.close());

void t.test('a long list shows its first and last rows quickly', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  const times: Record<string, number> = {};
  const timed = async (what: string, work: () => Promise<void>): Promise<void> => {
    const began = performance.now();
    await work();
    times[what] = Math.round(performance.now() - began);
  };
  await timed('first', async () => {
    await page.goto('/console/jobs');
    await page.locator('[data-index="0"] a').first().waitFor();
  });
  await timed('again', async () => {
    await page.goto('/console/jobs?sort=id');
    await page.locator('[data-index="0"] a').first().waitFor();
  });
  await page.locator('[data-index="0"]').focus();
  await timed('end', async () => {
    await page.keyboard.press('End');
    await page
      .locator(`[data-index="${jobs - 1}"] a`)
      .first()
      .waitFor();
  });
  t.comment(`${jobs} jobs, milliseconds: ${JSON.stringify(times)}`);
  t.ok((await page.locator('[data-index]').count()) <= MOST_ROWS);
  t.ok((times['again'] ?? 0) < FIRST_ROWS_MS, 'the first rows are shown in time');
  t.ok((times['end'] ?? 0) < TO_END_MS, 'the end is shown in time');
  t.same(window.problems, []);
  await window.close();
});

/** Runs in the page. Returns the milliseconds from the key press until the state at the previous event is shown. */
async function stepBack(): Promise<number> {
  const frame = async (): Promise<unknown> => await new Promise(requestAnimationFrame);
  const isBusy = (): boolean =>
    document.querySelector('[aria-busy=true]') !== null ||
    Array.from(document.querySelectorAll('[role=status]')).some((each) =>
      (each.textContent ?? '').startsWith('Loading'),
    );
  const [before, began] = [location.href, performance.now()];
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '{', bubbles: true }));
  while (location.href === before) await frame();
  // The page notices the new moment within two frames.
  await frame();
  do await frame();
  while (isBusy());
  return performance.now() - began;
}

void t.test('stepping back through the log is fast and makes at most two concurrent requests', async (t) => {
  const [node] = await api.nodes();
  for (const [path, document] of [
    [`/nodes/${node?.node_id ?? ''}`, '/console/api/nodes'],
    ['/jobs/job-1', '/jobs/job-1'],
  ] as const) {
    const window = await Window.open(browser, server.url);
    const { page } = window;
    await window.show(path);
    let inFlight = 0;
    let most = 0;
    const isDocument = (url: string): boolean => new URL(url).pathname.startsWith(document);
    page.on('request', (request) => {
      if (isDocument(request.url())) most = Math.max(most, (inFlight += 1));
    });
    const over = (request: { url(): string }): void => {
      if (isDocument(request.url())) inFlight -= 1;
    };
    page.on('requestfinished', over);
    page.on('requestfailed', over);
    const took: number[] = [];
    for (let step = 0; step < STEPS; step += 1) took.push(await page.evaluate(stepBack));
    const p95 = took.toSorted((a, b) => a - b)[Math.floor(STEPS * 0.95)] ?? 0;
    t.comment(`${path}, ${STEPS} steps: p95 ${Math.round(p95)} ms; ${most} requests at once`);
    t.ok(p95 < STEP_P95_MS, 'the p95 of a step is below the limit');
    t.ok(most <= 2, `${most} requests for the document were made at once`);
    t.same(window.problems, []);
    await window.close();
  }
});

void t.test('older events load while scrolling, and new events are shown only after a click', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  let requests = 0;
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/console/api/events') requests += 1;
  });
  await window.show('/events');
  await page.locator('[data-index="0"]').waitFor();
  const total = async (): Promise<number> =>
    Number((await page.getByText(/ events, more below$/).innerText()).replaceAll(/\D/g, ''));
  const first = await total();
  const submit = async (name: string): Promise<void> =>
    void (await api.submit({ job_id: name, task_groups: [group({ command: 'true', memory: 1e9 })] }));
  await submit('at-the-top');
  await page.getByText('job at-the-top was submitted').waitFor();
  await page.locator('[data-index="0"]').focus();
  for (const rows of [first, first + 200, first + 400]) {
    await page.keyboard.press('End');
    await eventually(async () => (await total()) > rows, { what: `more than ${rows} events` });
  }
  t.ok((await page.locator('[data-index]').count()) <= MOST_ROWS);
  const [loaded, asked] = [await total(), requests];
  for (let index = 0; index < 20; index += 1) await submit(`below-${index}`);
  await page.getByRole('button', { name: /^Show \d+ newer events$/ }).waitFor();
  t.equal(await total(), loaded, 'new events do not move the rows');
  await page.getByRole('button', { name: /newer events$/ }).click();
  await page.getByText('job below-19 was submitted').waitFor();
  t.equal(requests, asked, 'new events are shown without a request');
  t.same(window.problems, []);
  await window.close();
});

void t.test('hundreds of events a second do not overload the page', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show('/jobs');
  await page.locator('[data-state=live]').waitFor();
  const debug = await window.context.newCDPSession(page);
  // Processor time of the thread: while other processes have the core, the page is not busy.
  await debug.send('Performance.enable', { timeDomain: 'threadTicks' });
  const metrics = async (): Promise<Readonly<Record<string, number>>> => {
    await debug.send('HeapProfiler.collectGarbage');
    const { metrics: all } = await debug.send('Performance.getMetrics');
    return Object.fromEntries(all.map(({ name, value }) => [name, value]));
  };
  const position = async (): Promise<number> =>
    Number((await api.get<{ position: string }>('/console/api/overview')).body.position);
  const [before, from] = [await metrics(), await position()];
  const earlier = await countJobs();
  const began = performance.now();
  let submitted = 0;
  const submissions: Promise<unknown>[] = [];
  while (performance.now() - began < SECONDS * 1000) {
    const due = ((performance.now() - began) / 1000) * SUBMISSIONS_A_SECOND;
    for (; submitted < due; submitted += 1)
      submissions.push(
        api.submit({ job_id: `burst-${submitted}`, task_groups: [group({ command: 'true', memory: 1e9 })] }),
      );
    await setTimeout(20);
  }
  await Promise.all(submissions);
  const seconds = (performance.now() - began) / 1000;
  const [after, to] = [await metrics(), await position()];
  const rate = (to - from) / seconds;
  const busy = ((after['TaskDuration'] ?? 0) - (before['TaskDuration'] ?? 0)) / seconds;
  const growth = (after['JSHeapUsedSize'] ?? 0) - (before['JSHeapUsedSize'] ?? 0);
  t.comment(
    `${Math.round(rate)} events a second, main thread busy ${Math.round(busy * 100)} %, heap ${Math.round(growth / 1000)} kB more`,
  );
  t.ok(to - from > LEAST_EVENTS, 'there were enough events to measure');
  t.ok(busy < BUSY_SHARE, 'the main thread is idle for long enough');
  t.ok(growth < HEAP_GROWTH_BYTES, 'the heap grows by less than the limit');
  await eventually(
    async () =>
      (await page
        .getByText(`${(earlier + submitted).toLocaleString('en').replaceAll(',', '\u202F')} jobs`)
        .count()) > 0,
    { what: 'all jobs in the list' },
  );
  t.same(window.problems, []);
  await window.close();
});
