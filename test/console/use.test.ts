import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openBrowser, Window } from './fixtures/browser.js';
import { send, signedIn, signIn } from './fixtures/session.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { group } from '../fixtures/jobs.js';
import { TaskAccount } from '../fixtures/task-account.js';
import { openWorld, PASSWORD } from './fixtures/world.js';

t.setTimeout(600_000);

const { server, allocation, node, task, before } = await openWorld(t);
const browser = await openBrowser();
t.teardown(async () => await browser.close());

const HOUR_MS = 3_600_000;

/** Asserts that axe has no serious findings, in both themes. */
async function noSeriousFindings(t: Test, window: Window): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await window.page.emulateMedia({ colorScheme: theme });
    t.same(await window.seriousFindings(), [], theme);
  }
}

void t.test('two moments are compared on lists and details, and a link opens the comparison', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show(`/jobs?at=${before}`);
  await page.keyboard.press('c');
  await page.getByText(/^1 added, \d changed, 0 removed$/).waitFor();
  t.equal(new URL(page.url()).searchParams.get('vs'), before);
  t.equal(new URL(page.url()).searchParams.get('at'), null, 'the other moment is now');
  await page.getByRole('row').filter({ hasText: 'added' }).getByRole('link', { name: 'ticker' }).waitFor();
  const rows = page.getByRole('table', { name: 'Jobs, compared' });
  t.ok(Number(await rows.getAttribute('aria-rowcount')) < 5, 'only the jobs that differ are listed');
  await page.getByLabel('Only differences').uncheck();
  await page.locator('[aria-rowcount="5"]').waitFor();
  await page.keyboard.press('x');
  await page.waitForURL((url) => url.searchParams.get('at') === before);
  await page.getByText(/^1 added, \d changed, 0 removed$/).waitFor();
  await page.getByRole('button', { name: 'Timeline' }).click();
  await page.getByRole('slider', { name: 'Moment on the timeline' }).waitFor();
  await noSeriousFindings(t, window);
  await window.show('/jobs/broken');
  await page.keyboard.press('c');
  const comparison = page.getByRole('region', { name: 'Comparison' });
  await comparison.getByRole('rowheader', { name: 'finished', exact: true }).waitFor();
  await comparison.getByRole('button', { name: 'Side by side' }).click();
  await comparison.getByRole('region', { name: 'Before' }).waitFor();
  await noSeriousFindings(t, window);
  await window.show(`/?at=${before}`);
  await page.keyboard.press('c');
  const jobs = page.getByRole('region', { name: 'Jobs', exact: true });
  await jobs.getByRole('link', { name: /^Jobs \+1 4$/ }).waitFor();
  t.equal(
    await jobs.getByTitle('3 before').textContent(),
    '+1',
    'the difference between the totals is shown',
  );
  await page.goto('/console/?vs=2020-01-01T00:00:00Z');
  await page.waitForURL((url) => url.searchParams.get('vs') === '1');
  await page.getByRole('table', { name: 'Objects that differ' }).getByText('ticker').first().waitFor();
  t.same(await window.seriousFindings(), []);
  await page.keyboard.press('Escape');
  await page.waitForURL((url) => !url.searchParams.has('vs'));
  t.same(window.problems, []);
  await window.close();
});

void t.test('Ctrl K finds an object by its name, with the keyboard alone', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show('/nodes');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();
  await page.keyboard.type('brok');
  await page.getByRole('option', { name: /^job broken/ }).waitFor();
  await noSeriousFindings(t, window);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/jobs\/broken$/);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();
  await page.keyboard.type(node);
  await page.getByRole('option', { name: /^node / }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`/nodes/${node}$`));
  t.same(window.problems, []);
  await window.close();
});

void t.test('a page shows the equivalent command and JSON, for the present and the past', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show(`/jobs/broken?at=${before}`);
  await page.getByRole('button', { name: 'CLI and JSON' }).click();
  await page.getByText(`muster job status broken --as-of '#${before}' --address ${server.url}`).waitFor();
  await page.getByText(`curl '${server.url}/jobs/broken?as_of=${before}'`).waitFor();
  await page.getByRole('region', { name: 'JSON' }).getByText('"job_id": "broken"').waitFor();
  await noSeriousFindings(t, window);
  await page.keyboard.press('Escape');
  const stop = page.getByRole('button', { name: 'Stop' });
  t.equal(await stop.getAttribute('aria-disabled'), 'true', 'the past is read-only');
  await page.getByText('The past is read-only').waitFor();
  await window.show(`/jobs?filter=status%3Afailed&sort=id&at=${before}`);
  await page.getByRole('button', { name: 'CLI and JSON' }).click();
  await page.getByText(`muster job list --as-of '#${before}' --address ${server.url}`).waitFor();
  await page
    .getByText(`/console/api/jobs?limit=100&filter=status%3Afailed&sort=id&as_of=${before}`)
    .waitFor();
  await page.getByRole('region', { name: 'JSON' }).getByText('"total": 1').waitFor();
  await page.keyboard.press('Escape');
  await window.show(`/allocations/${allocation}`);
  await page.getByRole('button', { name: 'CLI and JSON' }).click();
  await page.getByText(`muster why allocation ${allocation} --address ${server.url}`).waitFor();
  t.same(window.problems, []);
  await window.close();
});

void t.test('a log can be searched and downloaded, and opens on the stream that has lines', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  for (const path of ['/jobs/broken?tab=logs', `/allocations/${allocation}`]) {
    await window.show(path);
    const log = page.getByRole('region', { name: /^Log of / });
    await log.getByText('<script>alert(1)</script>').waitFor();
    t.equal(
      new URL(page.url()).searchParams.get('stream'),
      'stdout',
      'standard output is shown, because standard error is empty',
    );
    await log.getByLabel('Search the log').fill('/^re.$/');
    await log.getByText('1 of 2 lines').waitFor();
    await log.getByLabel('Search the log').fill('SCRIPT');
    await log.getByText('1 of 2 lines').waitFor();
    const saved = page.waitForEvent('download');
    await log.getByRole('button', { name: 'Download' }).click();
    const file = await saved;
    t.match(file.suggestedFilename(), /^Log-of-[0-9a-f]{8}\.log$/);
    t.equal(readFileSync(await file.path(), 'utf8'), '\u001b[31mred\u001b[0m\n<script>alert(1)</script>\n');
  }
  await noSeriousFindings(t, window);
  t.same(window.problems, []);
  await window.close();
});

void t.test(
  'a run is compared with the last one that succeeded, and past slots are backfilled',
  async (t) => {
    const account = await TaskAccount.logIn(server.api, 'admin', PASSWORD);
    const { id } = await account.create({
      name: 'flaky',
      executor: 'shell',
      command: 'echo always; echo first; exit 0',
      schedule: '0 3 1 1 *',
      retry_count: 0,
    });
    const { id: good } = await account.trigger(id);
    await eventually(async () => (await account.run(id, good)).status === 'success');
    await account.call('put', `/api/tasks/${id}`, { command: 'echo always; echo second; exit 7' });
    const { id: bad } = await account.trigger(id);
    await eventually(async () => (await account.run(id, bad)).status === 'failed');
    const window = await signedIn(browser, server.url);
    const { page } = window;
    await window.show(`/runs/${id}%2F${bad}?tab=last-good`);
    const comparison = page.getByRole('region', { name: 'Compared with the last successful run' });
    const codes = comparison.getByRole('row', { name: 'Exit code' });
    await codes.waitFor();
    t.same(await codes.getByRole('cell').allTextContents(), ['0', '7']);
    t.equal(await codes.locator('ins').textContent(), '7', 'the exit code that differs is marked');
    const output = comparison.getByRole('region', { name: `Output of run ${bad}` });
    t.equal((await output.locator('pre').textContent())?.trim(), 'always\nsecond');
    t.equal((await output.locator('ins').textContent())?.trim(), 'second');
    await noSeriousFindings(t, window);
    await window.show(`/runs/${id}%2F${good}?tab=last-good`);
    await page.getByText('No earlier successful run of the task is retained').waitFor();

    await window.show(`/tasks/${id}`);
    await page.getByRole('button', { name: 'Backfill' }).click();
    const dialog = page.getByRole('dialog', { name: 'Backfill' });
    await dialog.getByRole('button', { name: 'Backfill' }).click();
    await dialog.getByText('Enter a value for From.').waitFor();
    await dialog.getByLabel('From').fill('soon');
    await dialog.getByLabel('To').fill('-1h');
    await page.keyboard.press('Enter');
    await dialog.getByText('Enter a time such as').waitFor();
    await dialog.getByLabel('From').fill('-1h');
    await dialog.getByLabel('To').fill('-800d');
    await page.keyboard.press('Enter');
    await dialog
      .getByRole('alert')
      .filter({ hasText: /from|to/ })
      .waitFor();
    await noSeriousFindings(t, window);
    await dialog.getByLabel('From').fill('-800d');
    await dialog.getByLabel('To').fill('-1h');
    await page.keyboard.press('Enter');
    await page.getByText('Backfill: request accepted.').waitFor();
    const runs = await account.call<readonly { trigger: string }[]>('get', `/api/tasks/${id}/runs`);
    t.ok(
      runs.body.data.some(({ trigger }) => trigger === 'backfill'),
      'a slot of the past two years was backfilled',
    );
    t.same(window.problems, []);
    await window.close();
  },
);

void t.test("the previous change on a node's page can be that of one of its allocations", async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show(`/nodes/${node}`);
  await page.keyboard.press('[');
  await page.waitForURL((url) => Number(url.searchParams.get('at')) > Number(before));
  const at = new URL(page.url()).searchParams.get('at') ?? '';
  const { text } = await server.api.get(`/audit/events?from=${at}&limit=1`);
  t.match(JSON.parse(text), { data: { nodeId: node, allocationId: /./ } });
  await window.settled();
  await page.keyboard.press('[');
  await page.waitForURL((url) => Number(url.searchParams.get('at')) < Number(at));
  t.same(window.problems, []);
  await window.close();
});

void t.test(
  'a drain shows its plan, and a destructive action must be confirmed by typing the name',
  async (t) => {
    const window = await Window.open(browser, server.url);
    const { page } = window;
    await window.show(`/nodes/${node}`);
    await page.getByRole('button', { name: 'Drain', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Drain' });
    await dialog.getByText('would have to wait').waitFor();
    await noSeriousFindings(t, window);
    await page.keyboard.press('Escape');
    await window.show('/jobs/ticker');
    await page.getByRole('button', { name: 'Stop' }).click();
    const stop = page.getByRole('dialog', { name: 'Stop' });
    await stop.getByLabel('Type ticker to confirm').fill('tick');
    await page.keyboard.press('Enter');
    await stop.getByText('Type ticker exactly.').waitFor();
    t.equal((await server.api.job('ticker')).status, 'running');
    await stop.getByLabel('Type ticker to confirm').fill('ticker');
    await page.keyboard.press('Enter');
    await page.getByText('Stop: request accepted.').waitFor();
    await page.getByRole('main').locator('[data-status=stopped]').first().waitFor();
    t.same(window.problems, []);
    await window.close();
  },
);

void t.test('an action can be completed after a new sign-in if the session expires in between', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  const signIn = async (): Promise<void> => {
    await page.getByLabel('Account').fill('admin');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
  };
  await window.show(`/tasks/${task}`);
  t.equal(
    await page.getByRole('button', { name: 'Pause' }).count(),
    0,
    'the operator cannot pause the task of a tenant',
  );
  await page.getByRole('button', { name: 'Sign in' }).click();
  await signIn();
  await page.getByRole('button', { name: 'Pause' }).click();
  const pause = page.getByRole('dialog', { name: 'Pause' });
  await window.context.clearCookies();
  await pause.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Sign in to continue where you left off').waitFor();
  await signIn();
  await pause.getByText('Sign in, then submit this form again').waitFor();
  await pause.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  t.same(window.problems, []);
  await window.close();
});

void t.test('accounts, secrets, volumes, templates and the system have pages', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  const account = await TaskAccount.logIn(server.api, 'admin', PASSWORD);
  await server.api.put('/api/secrets/db-password', { value: 'never shown' }, { headers: account.headers });
  await signIn(window);
  for (const [path, word] of [
    ['/system', 'log bytes per day'],
    ['/accounts?filter=role:admin', '1 account'],
    ['/secrets', 'db-password'],
    ['/secrets/db-password', 'Changed by'],
    ['/registries', 'There are no registries'],
    ['/volumes', 'There are no volumes'],
    ['/templates?filter=postgresql', 'PostgreSQL database template'],
    ['/templates?of=jobs', 'There are no job templates'],
    [`/secrets?at=${before}`, 'There are no secrets at the selected moment'],
    [`/secrets?vs=${before}`, '1 added, 0 changed, 0 removed'],
    [`/system?at=${before}`, 'not recorded'],
  ] as const) {
    await window.show(path);
    await page.getByText(word).filter({ visible: true }).first().waitFor();
    t.same(await window.seriousFindings(), [], path);
  }
  await window.show('/accounts');
  await page.getByRole('link', { name: 'admin', exact: true }).click();
  await page
    .getByRole('complementary', { name: 'Events' })
    .getByText(/registered/)
    .first()
    .waitFor();
  await window.show('/secrets/db-password', 'dark');
  t.notMatch(await page.content(), /never shown/);
  t.same(window.problems, []);
  await window.close();
});

void t.test('the calendar of a task shows planned slots, and outcomes with their reasons', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  const account = await TaskAccount.logIn(server.api, 'admin', PASSWORD);
  const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const { id } = await account.create({
    name: 'hourly',
    executor: 'shell',
    command: 'exit 4',
    retry_count: 0,
    schedule: '0 * * * *',
    timezone: 'UTC',
  });
  await account.call('post', `/api/tasks/${id}/backfill`, {
    from: new Date(hour - HOUR_MS).toISOString(),
    to: new Date(hour).toISOString(),
  });
  await window.show(`/tasks/${id}?tab=calendar`);
  await page
    .getByRole('group', { name: 'Recent runs' })
    .getByRole('link', { name: /^Run 1: failed, .*code 4/ })
    .waitFor();
  await page.getByText('Sign in to see the calendar').waitFor();
  await signIn(window);
  await window.show(`/tasks/${id}?tab=calendar&day=${dayInKathmandu(hour - HOUR_MS)}`);
  await page.getByText('It exited with code 4. Started by: backfill.', { exact: true }).waitFor();
  t.match(await page.locator('[role=gridcell][tabindex="0"]').getAttribute('title'), /It exited with code 4/);
  await noSeriousFindings(t, window);
  const failed = new URL(page.url()).searchParams;
  await page.locator('[role=gridcell][tabindex="0"]').focus();
  const ahead = daysToReturnableDay(hour - HOUR_MS);
  for (let pressed = 0; pressed < ahead; pressed += 1) await page.keyboard.press('ArrowRight');
  await page.locator('[data-status=planned]').first().waitFor();
  await page.keyboard.press('PageDown');
  await page.getByText('Nothing is scheduled on this day, and nothing ran.').waitFor();
  t.match(
    await page.locator(':focus').textContent(),
    /nothing scheduled/,
    'the focus moves to the day that is shown',
  );
  await page.getByRole('button', { name: 'Previous month' }).click();
  await page.locator('[data-status=planned]').first().waitFor();
  const { position } = (await server.api.get<{ readonly position: string }>('/console/api/overview')).body;
  await window.show(`/tasks/${id}?${failed.toString()}&at=${position}`);
  await page.setViewportSize({ width: 320, height: 800 });
  t.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
  await noSeriousFindings(t, window);
  await page.getByRole('link', { name: 'Run 1', exact: true }).click();
  await page.waitForURL(new RegExp(`/runs/${id}(%2F|/)1\\?at=${position}$`));
  t.same(window.problems, []);
  await window.close();
});

void t.test("a service's processor and memory usage is shown in charts with readable values", async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await signIn(window);
  const { body } = await send<{ readonly id: string }>(window, 'post', '/api/v1/services', {
    name: 'charted',
    type: 'custom',
    config: { image: 'alpine:3.20' },
  });
  const { id } = body;
  await window.show(`/services/${id}?tab=usage`);
  await page.getByText('No instances are running').waitFor();
  // No container runs here, so the browser gets made-up measurements.
  const measurements = usage();
  await page.route('**/metrics/history', async (route) => {
    if ('x-muster-as-of' in route.request().headers())
      await route.fulfill({ status: 409, json: { error: 'not recorded' } });
    else await route.fulfill({ json: measurements });
  });
  await window.show(`/services/${id}?tab=usage`);
  const cpu = page.getByRole('slider', { name: 'CPU (100 % is one core) over time' });
  t.match(await cpu.getAttribute('aria-valuetext'), /11111111 79 %, 22222222 39\.5 %$/);
  await cpu.focus();
  await page.keyboard.press('Home');
  t.match(await cpu.getAttribute('aria-valuetext'), /11111111 0 %, 22222222 0 %$/);
  for (let step = 0; step < 20; step += 1) await page.keyboard.press('ArrowRight');
  t.match(
    await cpu.getAttribute('aria-valuetext'),
    /11111111 20 %, 22222222 not measured$/,
    'the second instance has no value in the gap',
  );
  await noSeriousFindings(t, window);
  await page.getByText('Memory as a table').click();
  await page.getByRole('region', { name: 'Memory, table' }).getByText('128 MiB').first().waitFor();
  t.same(await window.seriousFindings(), []);
  await page.setViewportSize({ width: 320, height: 800 });
  t.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
  const { position } = (await server.api.get<{ readonly position: string }>('/console/api/overview')).body;
  await window.show(`/services/${id}?tab=usage&at=${position}`);
  await page.getByText('Measurements are not recorded. Go back to now to see them.').waitFor();
  await window.show(`/allocations/${allocation}?tab=usage`);
  await page.getByText('Total usage').or(page.getByText('No usage was recorded')).waitFor();
  t.same(await window.seriousFindings(), []);
  t.same(window.problems, []);
  await window.close();
});

void t.test('usage of an instance that is no service is shown while it runs', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await signIn(window);
  await server.api.submit({ job_id: 'measured', task_groups: [group({ command: 'sleep 600' })] });
  const running = await eventually(
    async () =>
      (await server.api.job('measured')).allocations.find(({ status }) => status === 'running')
        ?.allocation_id,
    { what: 'the instance of job measured' },
  );
  // Agents measure every 30 seconds, so the browser gets made-up measurements.
  const points = [1, 2, 3].map((step) => ({
    timestamp: 1_790_000_000 + step * 30,
    cpu: step * 5,
    memory_mb: 0.25,
  }));
  const last = { timestamp: 1_790_000_120, cpu: 25 };
  await page.route(`**/allocations/${running}/usage`, async (route) => {
    if ('x-muster-as-of' in route.request().headers()) await route.continue();
    else await route.fulfill({ json: { allocation_id: running, tasks: { main: [...points, last] } } });
  });
  await window.show(`/allocations/${running}?tab=usage`);
  const cpu = page.getByRole('slider', { name: 'CPU (100 % is one core) over time' });
  t.match(await cpu.getAttribute('aria-valuetext'), /main 2\.5 %$/);
  const memory = page.getByRole('slider', { name: 'Memory over time' });
  t.match(await memory.getAttribute('aria-valuetext'), /main not measured$/);
  await memory.press('Home');
  t.match(await memory.getAttribute('aria-valuetext'), /main 256 KiB$/);
  await noSeriousFindings(t, window);
  await page.unroute(`**/allocations/${running}/usage`);
  await window.show(`/allocations/${running}?tab=usage`);
  await cpu.or(page.getByText('No measurements yet.').first()).waitFor();
  const { position } = (await server.api.get<{ readonly position: string }>('/console/api/overview')).body;
  await window.show(`/allocations/${running}?tab=usage&at=${position}`);
  await page.getByText('Measurements are not recorded. Go back to now to see them.').waitFor();
  t.same(window.problems, []);
  await window.close();
});

void t.test('a what-if question about the past is answered, and opening its URL asks it again', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show(`/nodes/${node}?at=${before}`);
  await page.getByRole('link', { name: 'What if this node is drained?' }).click();
  const answer = page.getByRole('region', { name: 'Answer' });
  await answer.getByText('Nothing would move, and no more instances would have to wait.').waitFor();
  await page.getByRole('button', { name: 'Add a change' }).click();
  await page.getByLabel('Change 2', { exact: true }).selectOption('add');
  await page.getByLabel('Node', { exact: true }).nth(1).fill('nowhere');
  await page.getByRole('button', { name: 'Ask' }).click();
  await page.getByText('There is no node nowhere at the selected moment').waitFor();
  await page.getByText('Enter a whole number from 1 to 10000.').waitFor();
  await noSeriousFindings(t, window);
  await page.getByLabel('Node', { exact: true }).nth(1).fill(node);
  await page.getByLabel('Number of nodes').fill('3');
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.searchParams.get('add') === `3x${node}`);
  const cluster = answer.getByRole('region', { name: 'The whole cluster' });
  await cluster.getByRole('row', { name: /^Nodes that accept placements 1 3 \+2$/ }).waitFor();
  await page.getByRole('button', { name: 'CLI and JSON' }).click();
  await page
    .getByText(`muster what-if --drain ${node} --add 3x${node} --as-of '#${before}' --address ${server.url}`)
    .waitFor();
  await page.keyboard.press('Escape');
  await page.reload();
  await cluster.getByText('+2', { exact: true }).waitFor();
  await noSeriousFindings(t, window);
  t.same(window.problems, []);
  await window.close();
});

/** Measurements of two instances over 40 minutes. The second one lacks 10 minutes. */
function usage(): object {
  const start = Date.now() - 80 * 30_000;
  const points = (share: number, missing: (index: number) => boolean): readonly object[] =>
    Array.from({ length: 80 }, (_, index) => ({
      at: new Date(start + index * 30_000).toISOString(),
      cpu_usage: index * share,
      memory_usage: (100 + index * share) * 1_048_576,
    })).filter((_, index) => !missing(index));
  const instance = (first: string, all: readonly object[]): object => ({
    deployment: 1,
    allocation_id: `${first.repeat(8)}-0000-4000-8000-000000000000`,
    node_id: node,
    points: all,
    problem: null,
  });
  return {
    interval_seconds: 30,
    instances: [
      instance(
        '1',
        points(1, () => false),
      ),
      instance(
        '2',
        points(0.5, (index) => index >= 15 && index < 35),
      ),
    ],
  };
}

/** Kathmandu is the time zone of the test browser. */
function dayInKathmandu(time: number): string {
  return new Date(time + 5.75 * HOUR_MS).toISOString().slice(0, 10);
}

/**
 * Returns the number of days, at least two, to a day that every month has. From January 31, a month ahead and a month back lead to January 28,
 * which may be in the past.
 */
function daysToReturnableDay(from: number): number {
  let days = 2;
  while (Number(dayInKathmandu(from + days * 24 * HOUR_MS).slice(8)) > 28) days += 1;
  return days;
}

void t.test('an incident file can be downloaded and opened without the server', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show('/events');
  await page.getByRole('link', { name: 'Incident file' }).click();
  // Events have a filter with this word in its name, and stay until the script of the page is loaded.
  const from = page.getByLabel('From', { exact: true });
  t.equal(await from.inputValue(), '-1h');
  const [whole] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ]);
  t.match(
    whole.suggestedFilename(),
    /^muster-incident-1-\d+\.ndjson$/,
    'a window may begin before the log does',
  );
  await from.fill('#1');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ]);
  await page.getByText(/events were written to the file/).waitFor();
  t.match(download.suggestedFilename(), /^muster-incident-1-\d+\.ndjson$/);
  const file = join(ownFolder(t), 'incident.ndjson');
  await download.saveAs(file);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const head = JSON.parse(lines[0] ?? '') as { readonly from: string; readonly events: number };
  t.match(head, { format: 'muster-incident', version: 1, from: '1', events: lines.length - 1 });
  t.equal(
    lines.filter((line) => line.includes('"job broken was submitted"')).length,
    1,
    'the event has its sentence',
  );
  // Blocks all data requests, so that the page works from the file alone.
  await page.route(/\/(?:audit|console\/api\/(?!me|changes))/, (route) => route.abort());
  await page.getByLabel('Open a file').setInputFiles(file);
  await page.getByText('This is a file, not the live cluster').waitFor();
  await page.getByLabel('Filter: events in the file').fill('broken failed');
  const row = page.getByRole('table', { name: 'Events in the file' }).locator('[data-index="0"]');
  await row
    .getByText(/broken/)
    .first()
    .waitFor();
  await row.focus();
  await page.keyboard.press('Enter');
  await page.locator('pre').getByText('"data"').waitFor();
  await noSeriousFindings(t, window);
  writeFileSync(file, lines.slice(0, 3).join('\n'));
  await page.getByLabel('Open a file').setInputFiles(file);
  await page.getByText('The file ends early').waitFor();
  writeFileSync(file, 'hello');
  await page.getByLabel('Open a file').setInputFiles(file);
  await page.getByText('Line 1 is not JSON.').waitFor();
  await from.fill('soon');
  await page.getByRole('button', { name: 'Download' }).click();
  await page.getByText('Enter a time such as').waitFor();
  t.same(window.problems, []);
  await window.close();
});

void t.test(
  'the keys ( and ) go to failures, and the reason for waiting is shown while the rest loads',
  async (t) => {
    const window = await Window.open(browser, server.url);
    const { page } = window;
    await window.show('/jobs/broken');
    const current = page.locator('[data-current=true]');
    for (const [key, words] of [
      ['(', 'finished as failed'],
      ['(', 'was released as failed'],
      [')', 'finished as failed'],
    ] as const) {
      await page.keyboard.press(key);
      await current.getByText(words).waitFor();
    }
    await page.keyboard.press(')');
    await page.getByText('Nothing on this page failed later.').waitFor();
    await page.route(`${server.url}/jobs/waiting`, () => undefined);
    await page.goto('/console/jobs/waiting');
    await page.getByRole('region', { name: 'Why' }).getByText('memory').first().waitFor();
    await page.getByText('Loading the job').waitFor();
    t.same(window.problems, []);
    await window.close();
  },
);
