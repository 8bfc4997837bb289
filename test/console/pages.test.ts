import t from 'tap';
import { openBrowser, Window } from './fixtures/browser.js';
import { PATIENCE } from '../fixtures/eventually.js';
import { group } from '../fixtures/jobs.js';
import { NAUGHTY, openWorld, PASSWORD } from './fixtures/world.js';

t.setTimeout(600_000);

const { server, allocation, node, task, before } = await openWorld(t);
const browser = await openBrowser();
t.teardown(async () => await browser.close());

/** Each page and a text that it shows. */
const PAGES: readonly (readonly [path: string, word: string])[] = [
  ['/', 'Waiting'],
  ['/jobs', 'ticker'],
  ['/jobs/broken', 'exited with code 3'],
  ['/jobs/waiting', 'lacks memory'],
  ['/jobs/broken?tab=versions', 'submitted'],
  ['/run', 'Nothing is written until you press Run'],
  ['/allocations', 'broken'],
  [`/allocations/${allocation}`, 'exited with code 3'],
  ['/nodes', 'ready'],
  ['/nodes?view=map', 'allocated'],
  [`/nodes/${node}`, 'It accepts placements'],
  ['/tasks', 'Tasks'],
  [`/tasks/${task}`, 'It has not run yet'],
  ['/services', 'There are no services'],
  ['/environments', 'There are no environments'],
  ['/gpus', 'There are no claims'],
  ['/events', 'job ticker was submitted'],
  ['/jobs/unknown', 'Events'],
];

void t.test('each page shows its content, and axe has no serious findings in either theme', async (t) => {
  const window = await Window.open(browser, server.url);
  for (const [path, word] of PAGES) {
    await window.show(path);
    await window.page
      .getByText(word)
      .filter({ visible: true })
      .first()
      .waitFor({ timeout: 15_000 * PATIENCE });
    for (const theme of ['light', 'dark'] as const) {
      await window.page.emulateMedia({ colorScheme: theme });
      t.same(await window.seriousFindings(), [], `${path}, ${theme}`);
    }
  }
  t.same(window.problems, []);
  await window.close();
});

void t.test('a page of the past shows the state at that moment, and is marked as read only', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show('/jobs');
  await page.getByText('4 jobs').waitFor();
  await window.show(`/jobs?at=${before}`);
  await page.getByText('3 jobs').waitFor();
  t.equal(await page.getByText('ticker').count(), 0, 'job ticker did not exist yet');
  await page.getByText('read only').waitFor();
  t.match(await page.title(), /^⟲ /);
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    t.same(await window.seriousFindings(), [], theme);
  }
  await page.getByRole('link', { name: 'broken' }).click();
  await page.getByText('exited with code 3').first().waitFor();
  t.match(page.url(), new RegExp(`/jobs/broken\\?at=${before}$`), 'a link keeps the moment');
  await page.keyboard.press('Escape');
  await page.getByText('Now', { exact: true }).waitFor();
  t.notMatch(page.url(), /at=/);
  t.same(window.problems, []);
  await window.close();
});

void t.test(
  'the time field, the step keys and a click on an event change the moment that is shown',
  async (t) => {
    const window = await Window.open(browser, server.url);
    const { page } = window;
    await window.show('/jobs/broken');
    await page.keyboard.press('[');
    await page.getByText('read only').waitFor();
    const last = new URL(page.url()).searchParams.get('at');
    await page.keyboard.press('[');
    await page.waitForURL((url) => url.searchParams.get('at') !== last);
    t.ok(
      BigInt(new URL(page.url()).searchParams.get('at') ?? 0) < BigInt(last ?? 0),
      'the second step leads to an earlier change',
    );
    await page.getByRole('button', { name: 'job broken was submitted' }).last().click();
    await page.locator('[data-status=pending]').first().waitFor();
    await page.keyboard.press('t');
    await page.keyboard.type('soon');
    await page.keyboard.press('Enter');
    await page.getByText('Enter a time such as').waitFor();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type(`#${before}`);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('at') === before);
    await page.locator('[data-status=failed]').first().waitFor();
    await page.goto(`/console/jobs/broken?at=${encodeURIComponent(new Date().toISOString())}`);
    await page.waitForURL((url) => /^\d+$/.test(url.searchParams.get('at') ?? ''));
    t.pass('a time in the URL is replaced with its position');
    t.same(window.problems, []);
    await window.close();
  },
);

void t.test('a log is shown in colour, and markup in it is shown as plain text', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show('/jobs/broken?tab=logs&stream=stdout');
  await page.getByText('<script>alert(1)</script>').waitFor();
  const red = page.getByText('red', { exact: true });
  t.not(
    await red.evaluate((element) => getComputedStyle(element).color),
    await page.getByText('<script>').evaluate((element) => getComputedStyle(element).color),
  );
  t.same(await window.seriousFindings(), []);
  t.same(window.problems, []);
  await window.close();
});

void t.test('a name with markup, reversed and hidden characters is shown safely', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show('/tasks');
  const link = page.getByRole('link', { name: /img src/ });
  await link.waitFor();
  t.equal(await link.textContent(), NAUGHTY.replace('\u200c', 'U+200C').replace('\u200d', 'U+200D'));
  await link.click();
  await page.waitForURL(new RegExp(`/tasks/${task}$`));
  await page.getByRole('heading', { name: /img src/ }).waitFor();
  t.same(await window.seriousFindings(), []);
  t.same(window.problems, []);
  await window.close();
});

void t.test(
  'filters and sort orders are stored in the URL, and rows can be opened with the keyboard',
  async (t) => {
    const window = await Window.open(browser, server.url);
    const { page } = window;
    await window.show('/jobs');
    await page.keyboard.press('/');
    await page.keyboard.type('status:failed');
    await page.getByText('1 job', { exact: true }).waitFor();
    t.equal(new URL(page.url()).searchParams.get('filter'), 'status:failed');
    await page.reload();
    await page.getByText('1 job', { exact: true }).waitFor();
    await window.show('/jobs?sort=id');
    await page.getByRole('button', { name: 'Job', exact: true }).click();
    await page.waitForURL(/sort=-id/);
    await window.settled();
    await page.locator('[data-index="0"]').getByText('waiting').waitFor();
    await page.locator('[data-index="0"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/jobs\/ticker$/);
    // Each navigation renders the page again, which must not lose the first key of a sequence.
    let times = 0;
    await window.jump('n', /\/nodes$/, async () => {
      times += 1;
      const to = times % 2 === 0 ? 'Jobs' : 'Tasks';
      await page.getByRole('link', { name: to, exact: true }).click();
      await page.locator('nav [data-here=true]', { hasText: to }).waitFor();
    });
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    t.same(await window.seriousFindings(), []);
    t.same(window.problems, []);
    await window.close();
  },
);

void t.test('changes are shown in all tabs, over one shared stream', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  const streams: string[] = [];
  window.context.on('request', (request) => {
    if (request.url().includes('/console/api/changes?')) streams.push(request.url());
  });
  await window.show('/jobs');
  await page.locator('[data-state=live]').waitFor();
  const other = await window.context.newPage();
  await other.goto('/console/jobs/live');
  await other.locator('[data-state=live]').waitFor();
  await server.api.submit({ job_id: 'live', task_groups: [group({ command: 'true' })] });
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'live' }) });
  await row.locator('[data-status=complete]').waitFor();
  await other.getByText('job live finished as complete').filter({ visible: true }).first().waitFor();
  t.equal(streams.length, 1, 'two tabs share one stream');
  t.same(window.problems, []);
  await window.close();
});

void t.test('signing in returns the user to the same page', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show('/jobs?filter=broken');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Account').fill('admin');
  await page.getByLabel('Password').fill('not the password');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  t.same(await window.seriousFindings(), []);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  t.match(page.url(), /filter=broken$/);
  const [cookie] = await window.context.cookies();
  t.match(cookie, { name: 'muster_console', httpOnly: true, sameSite: 'Strict' });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  t.same(await window.context.cookies(), []);
  t.same(window.problems, []);
  await window.close();
});

void t.test(
  'a job is planned before it is submitted, and its text is kept when the session expires',
  async (t) => {
    const window = await Window.open(browser, server.url);
    const { page } = window;
    await window.show('/jobs');
    await page.getByRole('link', { name: 'Run a job' }).click();
    const field = page.getByLabel('Job file');
    await field.fill('job_id: planned\ntask_groups:\n  - nmae: web\n    tasks: []\n');
    await page.getByRole('button', { name: 'Plan' }).click();
    await page.getByRole('button', { name: 'Line 3, column 5 task_groups[0].nmae' }).click();
    t.equal(
      await field.evaluate((each: HTMLTextAreaElement) =>
        each.value.slice(each.selectionStart, each.selectionEnd),
      ),
      'nmae: web',
      'clicking a problem selects the faulty text',
    );
    t.same(await window.seriousFindings(), []);
    const text =
      'job_id: planned\ntask_groups:\n  - name: web\n    count: 2\n    tasks:\n      - name: t\n        config: { command: "true" }\n';
    await field.fill(text);
    await page.route(
      '**/jobs/plan',
      (route) => route.fulfill({ status: 401, json: { error: 'signed out' } }),
      {
        times: 1,
      },
    );
    await page.getByRole('button', { name: 'Plan' }).click();
    await page.getByRole('dialog', { name: 'Sign in' }).waitFor();
    await page.getByLabel('Account').fill('admin');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    t.equal(await field.inputValue(), text);
    await page.reload();
    t.equal(await field.inputValue(), text, 'the text survives a reload');
    await page.getByRole('button', { name: 'Plan' }).click();
    await page.getByText('Instances: 2 placed.').waitFor();
    t.same(await window.seriousFindings(), []);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL(/\/jobs\/planned$/);
    await page.locator('dl [data-status=complete]').waitFor();
    t.same(window.problems, []);
    await window.close();
  },
);

void t.test('only tables scroll sideways in a narrow window', async (t) => {
  const window = await Window.open(browser, server.url, 320);
  for (const path of ['/', '/jobs', '/run', '/jobs/broken', `/jobs/broken?at=${before}`]) {
    await window.show(path);
    t.equal(await window.page.evaluate(() => document.documentElement.scrollWidth), 320, path);
  }
  await window.page.getByRole('button', { name: 'Navigation' }).click();
  await window.page.getByRole('link', { name: 'Nodes' }).click();
  await window.page.waitForURL(/\/nodes/);
  t.same(window.problems, []);
  await window.close();
});

void t.test('a page reconnects after a server outage', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show('/jobs');
  await page.locator('[data-state=live]').waitFor();
  await server.kill();
  await page.getByText('Reconnecting').waitFor();
  t.equal(await page.getByRole('link', { name: 'ticker' }).count(), 1, 'the page keeps its content');
  await server.start();
  await page.locator('[data-state=live]').waitFor({ timeout: 60_000 * PATIENCE });
  await server.api.submit({ job_id: 'after', task_groups: [group({ command: 'true' })] });
  await page.getByRole('link', { name: 'after' }).waitFor();
  t.same(window.problems, []);
  await window.close();
});
