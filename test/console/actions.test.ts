import t from 'tap';
import type { Locator } from 'playwright-core';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { group } from '../fixtures/jobs.js';
import { TaskAccount } from '../fixtures/task-account.js';
import { openBrowser, type Window } from './fixtures/browser.js';
import { signedIn } from './fixtures/session.js';
import { openWorld, PASSWORD } from './fixtures/world.js';

t.setTimeout(300_000 * PATIENCE);

const { server, node, task } = await openWorld(t);
const { api } = server;
const browser = await openBrowser();
t.teardown(async () => await browser.close());

interface Versions {
  readonly versions: readonly {
    readonly version: number;
    readonly because: string;
    readonly present: boolean;
  }[];
}

/** Opens the dialog of an action, closes it without confirming, opens it again, and returns it. */
async function dialogOf({ page }: Window, title: string): Promise<Locator> {
  const dialog = page.getByRole('dialog', { name: title });
  for (const _ of ['close', 'keep']) {
    if (await dialog.isVisible()) await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page
      .getByRole('group', { name: 'Actions' })
      .getByRole('button', { name: title, exact: true })
      .click();
    await dialog.waitFor();
  }
  return dialog;
}

async function confirm({ page }: Window, title: string): Promise<void> {
  await page.getByRole('dialog', { name: title }).getByRole('button', { name: title, exact: true }).click();
  await page.getByText(`${title}: request accepted.`).waitFor();
}

void t.test('a job is restarted and reverted, and only after the confirmation', async (t) => {
  const window = await signedIn(browser, server.url);
  const { page } = window;
  const commandOf = async (): Promise<string> => JSON.stringify((await api.get('/jobs/done')).body);
  await window.show('/jobs/done');
  const { length } = (await api.job('done')).allocations;
  await dialogOf(window, 'Restart');
  t.equal((await api.job('done')).allocations.length, length, 'a dialog alone changes nothing');
  await confirm(window, 'Restart');
  await eventually(async () => (await api.job('done')).allocations.length > length);
  await api.jobIs('done', 'complete');

  await api.put('/jobs/done', { job_id: 'done', task_groups: [group({ command: 'echo second' })] });
  await api.jobIs('done', 'complete');
  t.match(await commandOf(), /echo second/);
  await window.show('/jobs/done');
  const revert = await dialogOf(window, 'Revert');
  await revert.getByRole('button', { name: 'Revert', exact: true }).click();
  await revert.getByText('Choose a value for Version.').waitFor();
  t.same(await window.seriousFindings(), []);
  const { versions } = (await api.get<Versions>('/jobs/done/versions')).body;
  await revert.getByLabel('Version').selectOption('1');
  const plan = revert.getByRole('region', { name: 'Plan' });
  await plan.getByText(/The job would be restarted\./).waitFor();
  await plan.getByRole('cell', { name: 'echo second' }).first().waitFor();
  t.same(await window.seriousFindings(), []);
  t.same(
    (await api.get<Versions>('/jobs/done/versions')).body.versions.length,
    versions.length,
    'a plan changes nothing',
  );
  await confirm(window, 'Revert');
  await eventually(async () => /echo done/.test(await commandOf()), { what: 'the earlier specification' });
  const { versions: after } = (await api.get<Versions>('/jobs/done/versions')).body;
  t.equal(after.length, versions.length + 1);
  await page.getByRole('tab', { name: 'Versions' }).click();
  await page
    .getByText(/revert/)
    .filter({ visible: true })
    .first()
    .waitFor();
  t.same(window.problems, []);
  await window.close();
});

void t.test('a run is started again, and its page leads to the new one', async (t) => {
  const account = await TaskAccount.logIn(api, 'admin', PASSWORD);
  const { id: run } = await account.trigger(task);
  await eventually(async () => (await account.run(task, run)).status === 'failed');
  const window = await signedIn(browser, server.url);
  const runs = async (): Promise<readonly { trigger: string }[]> =>
    (await account.call<readonly { trigger: string }[]>('get', `/api/tasks/${task}/runs`)).body.data;
  const { length } = await runs();
  await window.show(`/runs/${encodeURIComponent(`${task}/${run}`)}`);
  await dialogOf(window, 'Run again');
  t.equal((await runs()).length, length, 'a dialog alone changes nothing');
  await confirm(window, 'Run again');
  await eventually(async () => (await runs()).length === length + 1);
  await window.show(`/tasks/${task}`);
  for (const [title, status] of [
    ['Pause', 'paused'],
    ['Resume', 'active'],
  ] as const) {
    await dialogOf(window, title);
    await confirm(window, title);
    t.match(await account.task(task), { status });
  }
  t.same(window.problems, []);
  await window.close();
});

void t.test('a node is drained after its name was typed, and takes work again', async (t) => {
  const window = await signedIn(browser, server.url);
  const { page } = window;
  const state = async (): Promise<{ draining: boolean; eligible: boolean; name: string }> =>
    (
      await api.get<{ rows: readonly { draining: boolean; eligible: boolean; name: string }[] }>(
        '/console/api/nodes',
      )
    ).body.rows[0]!;
  await window.show(`/nodes/${node}`);
  const drain = await dialogOf(window, 'Drain');
  await drain.getByText('would have to wait').waitFor();
  await drain.getByRole('textbox').fill('another-node');
  await drain.getByRole('button', { name: 'Drain', exact: true }).click();
  await drain.getByText(/^Type .* exactly\.$/).waitFor();
  t.equal((await state()).draining, false);
  await drain.getByRole('textbox').fill((await state()).name);
  await confirm(window, 'Drain');
  t.equal((await state()).draining, true);
  await eventually(
    async () => (await api.job('ticker')).allocations.every(({ status }) => status !== 'running'),
    { what: 'the end of what ran on the node' },
  );
  await page.getByRole('button', { name: 'Stop draining' }).waitFor();
  t.same(await window.seriousFindings(), []);
  await dialogOf(window, 'Stop draining');
  await confirm(window, 'Stop draining');
  t.equal((await state()).draining, false);
  for (const [title, eligible] of [
    ['Forbid placements', false],
    ['Allow placements', true],
  ] as const) {
    await page.getByRole('button', { name: title }).waitFor();
    await dialogOf(window, title);
    await confirm(window, title);
    t.equal((await state()).eligible, eligible);
  }
  await eventually(
    async () => (await api.job('ticker')).allocations.some(({ status }) => status === 'running'),
    { timeout: 60_000, what: 'job ticker, which runs again' },
  );
  t.same(window.problems, []);
  await window.close();
});
