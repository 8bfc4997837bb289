/** What the console shows where a browser, a proxy or another version of the server gives it less than it needs. */
import t from 'tap';
import type { Route } from 'playwright-core';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { group } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';
import { openBrowser, Window } from './fixtures/browser.js';

t.setTimeout(300_000 * PATIENCE);

const server = await startServer(t, {});
const { api } = server;
const submit = async (job_id: string): Promise<void> => {
  await api.submit({ job_id, task_groups: [group({ command: 'true' })] });
};
await submit('first');
const browser = await openBrowser();
t.teardown(async () => await browser.close());
const refuse = (route: Route): Promise<void> => route.abort('connectionreset');
const isStream = (url: URL): boolean =>
  url.pathname === '/console/api/changes' && !url.searchParams.has('limit');

void t.test('without JavaScript, the page says that it needs it, and nothing else', async (t) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${server.url}/console/jobs`);
  t.match(
    await page.locator('body').innerText(),
    /^The console requires JavaScript\. [^\n]+ muster --help$/,
    'it does not wait for scripts',
  );
  await context.close();
});

void t.test('if a script of the first page is missing or broken, the page says so', async (t) => {
  for (const [what, answer] of [
    ['missing', { status: 404, contentType: 'application/json', body: '{"error":"not found"}' }],
    ['syntax', { status: 200, contentType: 'text/javascript', body: 'import {' }],
    ['throws', { status: 200, contentType: 'text/javascript', body: 'throw new Error("broken")' }],
    ['empty', { status: 200, contentType: 'text/javascript', body: '' }],
  ] as const) {
    const window = await Window.open(browser, server.url);
    await window.page.route('**/assets/main-*.js', (route) => route.fulfill(answer));
    await window.page.goto('/console/jobs');
    await window.page.getByText("the console's scripts could not be loaded").waitFor();
    t.pass(what);
    t.same(await window.seriousFindings(), [], what);
    await window.close();
  }
});

void t.test(
  'if a network changes while the first page loads, it is loaded again, at most three times',
  async (t) => {
    const window = await Window.open(browser, server.url);
    const { page } = window;
    let failures = 0;
    let failing = 2;
    await page.route('**/assets/main-*.js', async (route) => {
      if (failures >= failing) return await route.continue();
      failures += 1;
      await refuse(route);
    });
    await window.show('/jobs');
    t.equal(failures, 2, 'it came on the third attempt');
    failing = Infinity;
    await page.goto('/console/jobs');
    await eventually(() => failures >= 6, { what: 'the last attempt' });
    await page.getByText("the console's scripts could not be loaded").waitFor();
    await pause(3000);
    t.equal(failures, 6, 'no further attempt is made');
    failing = 0;
    await window.show('/jobs');
    await window.close();
  },
);

void t.test('if the script of a page cannot be loaded, the rest of the console keeps working', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show('/');
  await page.route('**/assets/list-*.js', refuse);
  await page.getByRole('link', { name: 'Nodes', exact: true }).click();
  await page.getByRole('alert').getByText('could not be loaded').waitFor();
  t.same(await window.seriousFindings(), []);
  await page.getByRole('link', { name: 'Overview', exact: true }).click();
  await page.getByRole('heading', { name: 'Waiting' }).waitFor();
  await page.getByRole('link', { name: 'Nodes', exact: true }).click();
  await page.getByRole('alert').waitFor();
  await page.unroute('**/assets/list-*.js');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('There are no nodes').waitFor();
  t.match(page.url(), /\/nodes$/);
  await window.close();
});

void t.test('a page whose data has an unknown form fails on its own, and says so', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  for (const [path, list] of [
    ['/nodes', 'nodes'],
    ['/jobs', 'jobs'],
    ['/tasks', 'tasks'],
  ] as const)
    for (const json of [{ total: 1, rows: [{ id: 'x', name: 7 }] }, { items: [] }, []]) {
      await page.route(`**/console/api/${list}?*`, (route) => route.fulfill({ json }));
      await page.goto(`/console${path}`);
      await page.getByRole('alert').or(page.locator('[data-index="0"]')).first().waitFor();
      await page.getByRole('link', { name: 'Overview', exact: true }).click();
      await page.getByRole('heading', { name: 'Waiting' }).waitFor();
      await page.unroute(`**/console/api/${list}?*`);
      t.pass(`${path}: ${JSON.stringify(json)}`);
    }
  await window.close();
});

void t.test('a response that is not from a Muster server is reported, not shown', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  const login = { contentType: 'text/html', body: '<title>Proxy</title><form>Log in to the proxy</form>' };
  await page.route('**/console/api/jobs?*', (route) => route.fulfill({ ...login, status: 200 }));
  await window.show('/jobs');
  await page.getByText('Is this a Muster server?').waitFor();
  await page.unroute('**/console/api/jobs?*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('link', { name: 'first' }).waitFor();
  await page.route('**/console/api/me', (route) => route.fulfill({ ...login, status: 200 }));
  await page.goto('/console/jobs');
  await page.getByText('Is this a Muster server?').waitFor();
  await page.unroute('**/console/api/me');
  await page.route('**/console/api/me', (route) => route.fulfill({ json: { account: null } }));
  await page.goto('/console/jobs');
  await page.getByText('The server may have been updated.').waitFor();
  t.same(await window.seriousFindings(), []);
  await window.close();
});

for (const [what, handle] of [
  ['is refused', refuse],
  ['ends at once', (route) => route.fulfill({ contentType: 'text/event-stream', body: 'retry: 1000\n\n' })],
  ['never responds', () => undefined],
] as const satisfies readonly (readonly [string, (route: Route) => Promise<void> | undefined])[])
  void t.test(`where a stream ${what}, the page polls, and follows changes`, async (t) => {
    const window = await Window.open(browser, server.url);
    const { page } = window;
    await page.route(isStream, handle);
    await window.show('/jobs');
    await page.locator('[data-state=polling]').waitFor({ timeout: 60_000 * PATIENCE });
    const name = `polled-${what.replaceAll(' ', '-')}`;
    await submit(name);
    await page.getByRole('link', { name }).waitFor();
    await page.locator('[data-state=polling]').waitFor();
    t.same(window.problems, []);
    await window.close();
  });
