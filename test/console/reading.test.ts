import t, { type Test } from 'tap';
import { openBrowser, Window } from './fixtures/browser.js';
import { openWorld } from './fixtures/world.js';

t.setTimeout(600_000);

const { server, allocation, node, task, before } = await openWorld(t);
const browser = await openBrowser();
t.teardown(async () => await browser.close());

/** Asserts that axe has no serious findings, in both themes. */
async function noSeriousFindings(t: Test, window: Window): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await window.page.emulateMedia({ colorScheme: theme });
    t.same(await window.seriousFindings(), [], theme);
  }
}

void t.test('the header says since when an object has its status, and who caused that', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  const since = page.locator('header dl div').filter({ has: page.getByText('Since', { exact: true }) });
  for (const [path, by] of [
    [`/nodes/${node}`, /by node/],
    [`/tasks/${task}`, /by admin$/],
    [`/allocations/${allocation}`, /by node/],
    ['/jobs/waiting', /by scheduler$/],
    ['/jobs/broken', /by scheduler$/],
  ] as const) {
    await window.show(path);
    await since.getByRole('link').waitFor();
    t.match(await since.textContent(), by, path);
  }
  await since.getByRole('link').click();
  await page.getByText('read only').waitFor();
  const at = new URL(page.url()).searchParams.get('at');
  await page.getByRole('button', { name: 'job broken finished as failed' }).last().click();
  await window.settled();
  t.equal(new URL(page.url()).searchParams.get('at'), at, 'the time is a link to the moment');
  t.same(window.problems, []);
  await window.close();
});

void t.test('events are filtered by type, object, actor and time, and sorted by time', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show('/events');
  const only = async (field: string, value: string, shown: string, hidden: string): Promise<void> => {
    await page.getByLabel(`Filter: ${field}`).fill(value);
    await page.getByText(hidden).first().waitFor({ state: 'detached' });
    await page.getByText(shown).first().waitFor();
  };
  await page.getByText('job ticker was submitted').waitFor();
  await only('Type', 'jobsub', 'job ticker was submitted', 'AllocationPlaced');
  t.equal(new URL(page.url()).searchParams.get('type'), 'jobsub');
  await page.getByText(/^4 events$/).waitFor();
  await noSeriousFindings(t, window);
  await page.getByRole('button', { name: 'When' }).click();
  await page.locator('[data-index="0"]').getByText('job done was submitted').waitFor();
  await only('From', `#${String(BigInt(before) + 1n)}`, 'job ticker was submitted', 'job done was submitted');
  await page.getByText(/^1 event$/).waitFor();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await only('Object', 'job:broken', 'job broken was submitted', 'job done was submitted');
  await page.getByRole('button', { name: 'When' }).click();
  await page.getByRole('button', { name: 'When' }).click();
  await page.locator('[data-index="0"]').getByText('job broken finished as failed').waitFor();
  await only('Actor', 'scheduler', 'job broken finished as failed', 'job broken was submitted');
  await page.getByLabel('Filter: Object').fill('');
  await page.getByText('of job ticker was placed').first().waitFor();
  await page.getByLabel('Filter: From').fill('soon');
  await page.getByText('Enter a time such as').waitFor();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await page.getByText('job ticker was submitted').waitFor();
  t.same(window.problems, []);
  await window.close();
});

void t.test('a page that is being opened does not get the filter of the page before', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show('/events');
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/incident-.*\.js$/, async (route) => {
    await released;
    await route.continue();
  });
  await page.getByLabel('Filter: From').fill('#1');
  await page.getByRole('link', { name: 'Incident file' }).click();
  // Timers end in their order, so this one ends after that of the filter.
  await page.evaluate(async () => await new Promise((resolve) => setTimeout(resolve, 400)));
  release();
  await page.getByRole('heading', { name: 'Incident file' }).waitFor();
  t.equal(new URL(page.url()).search, '');
  t.same(window.problems, []);
  await window.close();
});

void t.test('a search that has examined only a part of the log says so, and goes on', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  const { position } = (await server.api.get<{ readonly position: string }>('/console/api/overview')).body;
  const head = Number(position);
  // Each request of the page examines one event, as each examines 20,000 of a long log.
  await page.route(/\/console\/api\/events\?.*type=/, async (route) => {
    const query = new URL(route.request().url()).searchParams;
    const at = Number(query.get('to'));
    query.set('after', String(at - 1));
    const answer = await route.fetch({ url: `${server.url}/console/api/events?${query.toString()}` });
    const { changes } = (await answer.json()) as { readonly changes: readonly object[] };
    await route.fulfill({ json: { changes, next: at > 1 ? String(at - 1) : null } });
  });
  await window.show('/events?type=JobSubmitted');
  const found = page.getByText(/^\d+ events?/);
  await page.getByText(/searched back to #\d+$/).waitFor();
  for (;;) {
    const further = page.getByRole('button', { name: 'Search further' });
    await further
      .or(page.getByText(/^\d+ events$/))
      .first()
      .waitFor();
    if ((await further.count()) === 0) break;
    t.match(await found.innerText(), /searched back to #\d+$/);
    await further.click();
  }
  await page.getByText('job done was submitted').waitFor();
  await window.show('/events?type=NothingLikeIt');
  await page.getByText(/^No event was found back to \d+ \w+ \d{4} [\d:]+, #\d+$/).waitFor();
  t.match(await page.locator('main').innerText(), `#${head - 10}`);
  t.notMatch(await page.locator('main').innerText(), 'No event matches');
  await noSeriousFindings(t, window);
  for (let pages = 0; pages * 10 < head; pages += 1) {
    const further = page.getByRole('button', { name: 'Search further' });
    await further.or(page.getByText('No event matches the filter')).first().waitFor();
    if ((await further.count()) > 0) await further.click();
  }
  await page.getByText('No event matches the filter').waitFor();
  t.same(window.problems, []);
  await window.close();
});

void t.test(
  'the key z shows times as relative, local or UTC, on the whole page and after a reload',
  async (t) => {
    const window = await Window.open(browser, server.url);
    const { page } = window;
    await window.show('/jobs/broken');
    const times = page.locator('main time');
    const shown = async (words: RegExp, utc: boolean): Promise<void> => {
      await page.getByRole('button', { name: words }).waitFor();
      for (const time of await times.all()) {
        const at = new Date((await time.getAttribute('datetime')) ?? '');
        // Kathmandu, the time zone of the window, is 5 h 45 min ahead of UTC.
        const local = new Date(at.getTime() + (utc ? 0 : (5 * 60 + 45) * 60_000)).toISOString();
        t.equal((await time.textContent())?.slice(-8), local.slice(11, 19));
      }
    };
    await times
      .first()
      .getByText(/ago|now/)
      .waitFor();
    await page.keyboard.press('z');
    await shown(/Local time/, false);
    await page.keyboard.press('z');
    await shown(/UTC/, true);
    await page.reload();
    await window.settled();
    await times.first().waitFor();
    await shown(/UTC/, true);
    await page.keyboard.press('z');
    await times
      .first()
      .getByText(/ago|now/)
      .waitFor();
    t.same(window.problems, []);
    await window.close();
  },
);

void t.test('n and N jump between the matches in a log', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show(`/allocations/${allocation}`);
  const log = page.getByRole('region', { name: /^Log of / });
  await log.getByText('<script>alert(1)</script>').waitFor();
  await log.getByLabel('Search the log').fill('script');
  await log.getByText('1 of 2 lines').waitFor();
  await log.getByRole('button', { name: 'Only matches' }).click();
  await log.getByText('red', { exact: true }).waitFor();
  await log.getByRole('log').focus();
  const current = log.locator('[aria-current=true]');
  t.equal(await current.count(), 0);
  await page.keyboard.press('n');
  await log.getByText('match 1 · 1 of 2 lines').waitFor();
  t.match(await current.textContent(), /^2<script>/);
  await log.getByLabel('Search the log').fill('r');
  await page.keyboard.press('Shift+Enter');
  await log.getByText('match 2 · 2 of 2 lines').waitFor();
  await page.keyboard.press('Enter');
  await log.getByText('match 1 · 2 of 2 lines').waitFor();
  await log.getByRole('log').focus();
  await page.keyboard.press('N');
  await log.getByText('match 2 · 2 of 2 lines').waitFor();
  await noSeriousFindings(t, window);
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Previous match in the log').waitFor();
  t.same(window.problems, []);
  await window.close();
});

void t.test('a moment is marked with a note, and the timeline shows the mark and what failed', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show(`/jobs/broken?at=${before}`);
  await page.keyboard.press('b');
  const dialog = page.getByRole('dialog', { name: 'Marks' });
  await dialog.getByLabel('Note').fill('<b>before</b> the ticker');
  await dialog.getByRole('button', { name: `Mark #${before}` }).click();
  await dialog.getByText('<b>before</b> the ticker').waitFor();
  await noSeriousFindings(t, window);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Back to now' }).click();
  await page.getByRole('button', { name: 'Timeline' }).click();
  await page.getByTitle(/^Mark #[\d\s]+ <b>before<\/b> the ticker$/).waitFor();
  await page.locator('[data-kind=failure]').first().waitFor();
  await noSeriousFindings(t, window);
  await page.reload();
  await page.getByRole('button', { name: 'Marks' }).click();
  await dialog.getByRole('link', { name: /^#/ }).first().click();
  await page.waitForURL((url) => url.searchParams.get('at') === before);
  await page.keyboard.press('b');
  await dialog.getByRole('button', { name: /^Delete mark/ }).click();
  await dialog.getByText('Marks are stored in this browser').waitFor();
  t.same(window.problems, []);
  await window.close();
});
