import t from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { group } from '../fixtures/jobs.js';
import { openBrowser, Window } from './fixtures/browser.js';
import { NAUGHTY, openWorld, PASSWORD } from './fixtures/world.js';

t.setTimeout(300_000 * PATIENCE);

const LINE_BYTES = 10_000_000;
const TABS = 10;
const { server, allocation, task, before } = await openWorld(t);
const { api } = server;
const browser = await openBrowser();
t.teardown(async () => await browser.close());

void t.test('an account sees nothing of other tenants, now or in the past', async (t) => {
  const account = { username: 'ann', password: PASSWORD };
  t.equal((await api.post('/api/auth/register', account)).status, 201);
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show('/tasks');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Account').fill('ann');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await window.settled();
  // The text may contain `broken`, because it is in the URL of the page.
  const foreign = /img src|ticker|exited with code|was submitted/;
  for (const path of [
    '/',
    '/tasks',
    `/tasks/${task}`,
    `/runs/${encodeURIComponent(`${task}/1`)}`,
    '/jobs',
    '/jobs/broken',
    `/allocations/${allocation}`,
    '/events',
    '/services',
  ])
    for (const moment of ['', `?at=${before}`]) {
      await page.goto(`/console${path}${moment}`);
      await window.settled();
      const text = await page.locator('main').innerText();
      t.notMatch(text, foreign, `${path}${moment}`);
      t.notMatch(text, NAUGHTY.slice(0, 10));
    }
  t.same(window.problems, []);
  await window.close();
});

void t.test('a log line of ten megabytes does not block the page', async (t) => {
  await api.submit({
    job_id: 'long-line',
    task_groups: [group({ command: `head -c ${LINE_BYTES} /dev/zero | tr '\\0' x; echo; echo the-end` })],
  });
  await api.jobIs('long-line', 'complete', 60_000);
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await page.goto('/console/jobs/long-line?tab=logs');
  await page.getByText('the-end').waitFor({ timeout: 60_000 * PATIENCE });
  const longest = await page.evaluate(() =>
    Math.max(
      ...Array.from(document.querySelectorAll('main *'), ({ childNodes }) =>
        Math.max(
          0,
          ...Array.from(childNodes, (each) => (each.nodeType === 3 ? (each.textContent ?? '').length : 0)),
        ),
      ),
    ),
  );
  t.ok(longest < 1_000_000, `the longest element has ${longest} characters`);
  await window.jump('n', /\/nodes$/);
  t.same(window.problems, []);
  await window.close();
});

void t.test('ten tabs receive changes over one shared stream', async (t) => {
  const window = await Window.open(browser, server.url);
  let streams = 0;
  window.context.on('request', (request) => {
    if (request.url().includes('/console/api/changes?')) streams += 1;
  });
  await window.show('/jobs');
  await window.page.locator('[data-state=live]').waitFor();
  const tabs = [window.page];
  while (tabs.length < TABS) {
    const page = await window.context.newPage();
    await page.goto('/console/jobs?filter=in-all-tabs');
    await page.locator('[data-state=live]').waitFor();
    tabs.push(page);
  }
  await api.submit({ job_id: 'in-all-tabs', task_groups: [group({ command: 'true' })] });
  for (const page of tabs.slice(1)) {
    // A hidden tab refreshes when it is shown.
    await page.bringToFront();
    await page.getByText('1 job', { exact: true }).waitFor();
  }
  t.equal(streams, 1);
  t.same(window.problems, []);
  await window.close();
});
