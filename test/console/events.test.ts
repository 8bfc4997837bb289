import t from 'tap';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { openBrowser, Window } from './fixtures/browser.js';
import { openWorld } from './fixtures/world.js';

t.setTimeout(300_000 * PATIENCE);

const { server, node } = await openWorld(t);
const browser = await openBrowser();
t.teardown(async () => await browser.close());

void t.test('the activity of a node, and the page of an event with its cause and effects', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show(`/nodes/${node}?tab=activity`);
  const placed = page.getByRole('row').filter({ hasText: 'AllocationPlaced' });
  await placed.first().waitFor();
  await placed.first().getByRole('link').first().click();
  await page.waitForURL(/\/events\/\d+$/);
  await page
    .getByRole('heading', { level: 1 })
    .getByText(/placed/)
    .waitFor();
  await page.getByRole('region', { name: 'Objects' }).getByRole('link').first().waitFor();
  const causes = page.getByRole('region', { name: 'Caused by' });
  await causes.getByRole('row').nth(1).waitFor();
  t.same(await window.seriousFindings(), []);
  await causes.getByRole('link').first().click();
  const effects = page.getByRole('region', { name: 'Led to' });
  await effects.getByRole('link', { name: 'AllocationPlaced' }).first().waitFor();
  await page.getByRole('button', { name: 'Show this moment' }).click();
  await page.waitForURL(/at=\d+/);
  t.same(window.problems, []);
  await window.close();
});

void t.test('events of progress are hidden until they are wanted, and rows can be lower', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  await window.show('/jobs/done');
  const events = page.getByRole('complementary', { name: 'Events' });
  await events.getByRole('link', { name: 'AllocationPlaced' }).first().waitFor();
  t.equal(await events.getByRole('link', { name: 'EvaluationCompleted' }).count(), 0);
  await events.getByRole('button', { name: /^Show \d+ events? of progress$/ }).click();
  await events.getByRole('link', { name: 'EvaluationCompleted' }).first().waitFor();
  await events.getByRole('button', { name: /^Hide/ }).click();
  await events.getByRole('link', { name: 'EvaluationCompleted' }).first().waitFor({ state: 'detached' });
  await window.show('/jobs');
  const heightOf = async (): Promise<number> =>
    (await page.locator('[data-index="0"]').boundingBox())?.height ?? 0;
  await page.locator('[data-index="0"]').waitFor();
  const former = await heightOf();
  await page.keyboard.press('d');
  await eventually(async () => (await heightOf()) < former, { what: 'lower rows' });
  await page.reload();
  await page.locator('[data-index="0"]').waitFor();
  t.ok((await heightOf()) < former, 'the browser remembers it');
  t.same(window.problems, []);
  await window.close();
});
