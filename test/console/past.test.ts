import t from 'tap';
import { writeLivedLog } from '../bench/lived-log.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { group } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';
import { openBrowser, Window } from './fixtures/browser.js';

t.setTimeout(300_000 * PATIENCE);

/** Enough events that the list of old jobs exceeds one chunk, so that the server streams the response. */
const OLD_EVENTS = 20_000;
const MOMENTS = 12;
const dataDir = ownFolder(t);
await writeLivedLog(dataDir, OLD_EVENTS, 2);
const server = await startServer(t, { dataDir, env: { MUSTER_EMBEDDED_AGENT: 'true' } });
const { api } = server;
await eventually(async () => (await api.nodes()).some(({ healthy }) => healthy), {
  timeout: 60_000,
  what: 'the local agent',
});
const old = await head();
const NEW: string[] = [];
for (const command of ['true', 'exit 3', 'sleep 0.2']) {
  const job_id = `new-${command.replace(' ', '-')}`;
  NEW.push(job_id);
  await api.submit({ job_id, task_groups: [group({ command, count: 2 })] });
  await api.jobIs(job_id, command === 'exit 3' ? 'failed' : 'complete', 60_000);
}
const browser = await openBrowser();
t.teardown(async () => await browser.close());

async function head(): Promise<number> {
  return Number((await api.get<{ position: string }>('/console/api/overview')).body.position);
}

void t.test('pages of random moments show the same as the API as of those moments', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  const last = await head();
  const moments = Array.from({ length: MOMENTS }, () => old + Math.floor(Math.random() * (last - old + 1)));
  for (const at of moments) {
    const told = await api.get<{ jobs: readonly { job_id: string; status: string }[] }>(`/jobs?as_of=${at}`);
    const newest = told.body.jobs.filter(({ job_id }) => NEW.includes(job_id));
    const expected = newest.map(({ job_id, status }) => `${job_id} ${status}`).sort();
    await window.show(`/jobs?at=${at}&filter=new-`);
    const rows = page.locator('[data-index]');
    const shown = async (): Promise<string[]> =>
      await rows.evaluateAll((all) =>
        all.map(
          (row) =>
            `${row.querySelector('a')?.textContent ?? ''} ${row.querySelector('[data-status]')?.getAttribute('data-status') ?? ''}`,
        ),
      );
    t.same((await shown()).sort(), expected, 'the list of jobs is the same');
    const [first] = newest;
    if (first === undefined) continue;
    await window.show(`/jobs/${first.job_id}?at=${at}`);
    await page.locator(`dl [data-status="${first.status}"]`).first().waitFor();
  }
  t.same(window.problems, []);
  await window.close();
});

void t.test("times are shown by the server's clock if the computer's clock is wrong", async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await page.addInitScript(() => {
    const Real = Date;
    const AHEAD_MS = 7_200_000;
    globalThis.Date = new Proxy(Real, {
      construct: (target, given: readonly unknown[]) =>
        given.length === 0 ? new target(Real.now() + AHEAD_MS) : (Reflect.construct(target, given) as Date),
      get: (target, name) =>
        name === 'now' ? () => Real.now() + AHEAD_MS : (Reflect.get(target, name) as unknown),
    });
  });
  await window.show('/jobs');
  await page.getByText("This computer's clock is 2 h ahead of the server's clock.").waitFor();
  t.notMatch(
    await page.locator('main').innerText(),
    /\d h/,
    'ages do not include the difference between the clocks',
  );
  t.same(await window.seriousFindings(), []);
  await page.keyboard.press('t');
  await page.keyboard.type('-0m');
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => /^\d+$/.test(url.searchParams.get('at') ?? ''));
  t.ok(Number(new URL(page.url()).searchParams.get('at')) <= (await head()));
  t.same(window.problems, []);
  await window.close();
});

void t.test('a page shows a notice when the server has been updated', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show('/jobs');
  await page.locator('[data-state=live]').waitFor();
  // No second server version exists here. The server reports its version only in this response.
  await page.route('**/console/api/me', async (route) => {
    const response = await route.fetch();
    const me = (await response.json()) as { server: { version: string } };
    me.server.version = '99.0.0';
    await route.fulfill({ response, json: me });
  });
  await server.kill();
  await page.locator('[data-state=reconnecting]').waitFor();
  await server.start();
  await page.getByText('The server now runs version 99.0.0').waitFor({ timeout: 60_000 * PATIENCE });
  t.same(await window.seriousFindings(), []);
  await page.unroute('**/console/api/me');
  await page.getByRole('button', { name: 'Reload' }).click();
  await window.settled();
  await page.locator('[data-state=live]').waitFor();
  t.equal(await page.getByText('99.0.0').count(), 0);
  t.same(window.problems, []);
  await window.close();
});
