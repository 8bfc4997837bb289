import t from 'tap';
import type { Page } from 'playwright-core';
import { eventually } from '../fixtures/eventually.js';
import { TaskAccount } from '../fixtures/task-account.js';
import { openBrowser } from './fixtures/browser.js';
import { send, signedIn } from './fixtures/session.js';
import { openWorld, PASSWORD } from './fixtures/world.js';

t.setTimeout(900_000);

const STEPS = 1_000;
/** The page is compared with the API after each of this many steps. */
const SAMPLE = 100;
const MOMENTS = 3;

const { server, allocation, node, task, before } = await openWorld(t);
const { api } = server;
const account = await TaskAccount.logIn(api, 'admin', PASSWORD);
const { id: run } = await account.trigger(task);
await eventually(async () => (await account.run(task, run)).status === 'failed', { timeout: 60_000 });
const browser = await openBrowser();
t.teardown(async () => await browser.close());

async function head(): Promise<number> {
  return Number((await api.get<{ position: string }>('/console/api/overview')).body.position);
}

/** Returns what a page shows that does not change with the time of day: its moment, objects and states. */
async function shown(page: Page): Promise<object> {
  return await page.evaluate(() => ({
    url: location.href,
    heading: document.querySelector('h1')?.textContent,
    rows: Array.from(document.querySelectorAll('[data-index]'), (row) => row.querySelector('a')?.textContent),
    comparison: document.querySelector('section[aria-label="Comparison"]') !== null,
    past: document.body.innerText.includes('read only'),
  }));
}

void t.test('back, forward and a new tab show the same page at the same moments', async (t) => {
  const window = await signedIn(browser, server.url);
  const { page } = window;
  const seen: object[] = [];
  const note = async (url: RegExp): Promise<void> => {
    await page.waitForURL(url);
    await window.settled();
    seen.push(await shown(page));
  };
  await window.show('/jobs?sort=id');
  await note(/sort=id$/);
  await page.keyboard.press('t');
  await page.keyboard.type(`#${before}`);
  await page.keyboard.press('Enter');
  await note(new RegExp(`at=${before}$`));
  await page.getByRole('link', { name: 'broken' }).click();
  await note(new RegExp(`/jobs/broken\\?at=${before}$`));
  await page.keyboard.press('[');
  await note(new RegExp(`at=(?!${before}$)\\d+$`));
  await page.keyboard.press('c');
  await note(/vs=\d+/);
  await page.keyboard.press('x');
  await note(/at=\d+&vs=\d+|vs=\d+&at=\d+/);
  await page.getByRole('link', { name: 'Nodes', exact: true }).click();
  await note(/\/nodes\?.*at=/);
  await page.keyboard.press('Escape');
  await note(/\/nodes\?at=\d+$/);
  await page.keyboard.press('Escape');
  await note(/\/nodes$/);
  for (const [direction, all] of [
    ['goBack', seen.toReversed()],
    ['goForward', seen],
  ] as const)
    for (const each of all.slice(1)) {
      await page[direction]({ waitUntil: 'commit' });
      await page.waitForURL((each as { url: string }).url);
      await window.settled();
      await eventually(async () => same(await shown(page), each), {
        what: `${direction} to ${JSON.stringify(each)}`,
      });
    }
  t.pass('back and forward lead through the same pages');
  const tab = await window.context.newPage();
  for (const each of seen) {
    await tab.goto((each as { url: string }).url);
    await eventually(async () => same(await shown(tab), each), { what: JSON.stringify(each) });
  }
  t.same(window.problems, []);
  await window.close();
});

void t.test('Back leads from any number of steps to where they began', async (t) => {
  const window = await signedIn(browser, server.url);
  const { page } = window;
  const step = async (steps: () => Promise<void>): Promise<void> => {
    const former = page.url();
    await steps();
    await page.waitForURL((url) => url.href !== former && /at=\d+$/.test(url.href));
  };
  await window.show('/jobs');
  const live = page.url();
  for (let steps = 0; steps < 3; steps += 1) await step(async () => await page.keyboard.press('{'));
  const entries = await page.evaluate(() => history.length);
  await page.goBack({ waitUntil: 'commit' });
  await page.waitForURL(live);
  await page.goForward({ waitUntil: 'commit' });
  await step(async () => await page.keyboard.press('}'));
  t.equal(await page.evaluate(() => history.length), entries);
  await step(async () => await page.keyboard.press('['));
  t.equal(
    await page.evaluate(() => history.length),
    entries + 1,
    'a jump to a change is an entry of its own',
  );
  await page.goBack({ waitUntil: 'commit' });
  await page.goBack({ waitUntil: 'commit' });
  await page.waitForURL(live);
  await page.getByRole('button', { name: 'Timeline' }).click();
  await page.getByRole('slider').focus();
  // Nothing may have happened during a step, so not every one leads to another event.
  await step(async () => {
    for (let steps = 0; steps < 3; steps += 1) await page.keyboard.press('ArrowLeft');
  });
  await window.settled();
  await page.goBack({ waitUntil: 'commit' });
  await page.waitForURL(live);
  t.same(window.problems, []);
  await window.close();
});

function same(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

interface Row {
  readonly id?: string | number;
  readonly task?: string | number;
  readonly number?: number;
  readonly status?: string;
  readonly phase?: string;
}

/** The lists of the console, their rows in the API, and the path of a row's page. */
const LISTS: readonly (readonly [path: string, list: string])[] = [
  ['/jobs', 'jobs'],
  ['/nodes', 'nodes'],
  ['/allocations', 'allocations'],
  ['/tasks', 'tasks'],
  ['/services', 'services'],
  ['/environments', 'environments'],
  ['/gpus', 'claims'],
];

/** The pages of single objects, and where another surface of the API has their status. */
const DETAILS: readonly (readonly [path: string, api: string])[] = [
  ['/jobs/broken', '/jobs/broken'],
  ['/jobs/ticker', '/jobs/ticker'],
  [`/allocations/${allocation}`, `/console/api/allocations?filter=${allocation}`],
  [`/nodes/${node}`, `/console/api/nodes?filter=${node}`],
  [`/tasks/${task}`, `/api/tasks/${task}`],
  [`/runs/${encodeURIComponent(`${task}/${run}`)}`, `/api/tasks/${task}/runs/${run}`],
];

void t.test('each list and each page of an object shows what the API has as of the moment', async (t) => {
  const window = await signedIn(browser, server.url);
  const { page } = window;
  const last = await head();
  const asOf = async <Body>(path: string, at: number): Promise<{ status: number; body: Body }> =>
    await send<Body>(window, 'get', `${path}${path.includes('?') ? '&' : '?'}as_of=${at}`);
  for (let moment = 0; moment < MOMENTS; moment += 1) {
    const at = 1 + Math.floor(Math.random() * last);
    for (const [path, list] of LISTS) {
      const { body } = await asOf<{ rows: readonly Row[] }>(`/console/api/${list}`, at);
      const expected = body.rows.map(({ id, status, phase }) => `${id ?? ''} ${status ?? phase ?? ''}`);
      await window.show(`${path}?at=${at}`);
      const rows = await page.locator('[data-index]').evaluateAll((all) =>
        all.map((row) => {
          const to = new URL(row.querySelector('a')?.href ?? '').pathname.split('/').at(-1) ?? '';
          const state = row.querySelector('[data-status]')?.getAttribute('data-status') ?? '';
          return `${decodeURIComponent(to)} ${state}`;
        }),
      );
      t.same(rows, expected, `${path} as of ${at}`);
    }
    for (const [path, source] of DETAILS) {
      const { status, body } = await asOf<Row & { data?: Row; rows?: readonly Row[] }>(source, at);
      const known = body.rows === undefined ? (body.data ?? body) : body.rows[0];
      const expected = status === 404 ? undefined : known?.status;
      await window.show(`${path}?at=${at}`);
      const states = page.locator('main dl [data-status]').first();
      if (expected === undefined) {
        t.equal(await states.count(), 0, `${path} does not exist as of ${at}`);
      } else t.equal(await states.getAttribute('data-status'), expected, `${path} as of ${at}`);
    }
  }
  t.same(window.problems, []);
  await window.close();
});

void t.test(
  'after a thousand steps through the log, the page still shows the API as of its moment',
  async (t) => {
    const window = await signedIn(browser, server.url);
    const { page } = window;
    await eventually(async () => (await head()) > 50, { what: 'a log to step through' });
    await window.show(`/jobs?sort=id&at=${await head()}`);
    let key = '{';
    const moments = new Set<string>();
    for (let step = 1; step <= STEPS; step += 1) {
      const former = page.url();
      const at = Number(new URL(former).searchParams.get('at'));
      if (at <= 2) key = '}';
      if (at >= (await lastKnown(page))) key = '{';
      await page.keyboard.press(key);
      await page.waitForURL((url) => url.href !== former);
      if (step % SAMPLE !== 0) continue;
      await window.settled();
      const moment = new URL(page.url()).searchParams.get('at') ?? '';
      moments.add(moment);
      const { body } = await send<{ rows: readonly Row[] }>(
        window,
        'get',
        `/console/api/jobs?sort=id&as_of=${moment}`,
      );
      const rows = await page
        .locator('[data-index]')
        .evaluateAll((all) =>
          all.map(
            (row) =>
              `${row.querySelector('a')?.textContent ?? ''} ${row.querySelector('[data-status]')?.getAttribute('data-status') ?? ''}`,
          ),
        );
      t.same(
        rows,
        body.rows.map(({ id, status }) => `${id ?? ''} ${status ?? ''}`),
        `step ${step}, position ${moment}`,
      );
    }
    t.ok(moments.size > 1, 'the samples are of different moments');
    t.same(window.problems, []);
    await window.close();
  },
);

/** Returns the position of the change feed, which the header shows. */
async function lastKnown(page: Page): Promise<number> {
  return Number(await page.locator('[data-position]').first().getAttribute('data-position'));
}
