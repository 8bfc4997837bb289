import t from 'tap';
import { modulePackage, pythonPackage } from '../fixtures/conda/channel.js';
import { condaFleet } from '../fixtures/conda/fleet.js';
import { openBrowser } from './fixtures/browser.js';
import { signedIn } from './fixtures/session.js';
import { PATIENCE } from '../fixtures/eventually.js';

t.setTimeout(300_000 * PATIENCE);

void t.test('the page of an environment shows its builds, their logs and what changed', async (t) => {
  const fleet = await condaFleet(t, [
    pythonPackage(),
    modulePackage('numpy'),
    modulePackage('pandas', { version: '2.1' }),
  ]);
  if (fleet === undefined) return;
  const { call, server } = fleet;
  await fleet.agent();
  t.equal((await call('POST', '/environment', { name: 'data', packages: ['numpy'] })).status, 201);
  t.equal((await call('POST', '/environment/data/packages', { packages: ['pandas'] })).status, 200);
  t.equal((await call('POST', '/environment/data/packages', { packages: ['nothing-like-it'] })).status, 400);

  const browser = await openBrowser();
  t.teardown(async () => await browser.close());
  const window = await signedIn(browser, server.url);
  const { page } = window;
  await window.show('/environments');
  await page.getByRole('link', { name: 'data', exact: true }).click();
  const why = page.getByRole('region', { name: 'Why', exact: true });
  await why
    .getByText('Build 3 failed because its packages could not be resolved: nothing-like-it (not found).')
    .waitFor();
  await why.getByText('Its earlier packages remain in use.').waitFor();
  await page.getByText('Builds', { exact: true }).click();
  const rows = page.locator('table.grid tbody tr');
  await rows.nth(2).waitFor();
  t.match(await rows.nth(0).innerText(), /failed[^]*nothing-like-it[^]*solve: nothing-like-it \(not found\)/);
  t.match(await rows.nth(2).innerText(), /built[^]*numpy/);
  const ofBuild = (build: number) => page.getByRole('region', { name: `Why build ${build}` });
  await ofBuild(3).getByText('It failed because').waitFor();
  await page.getByRole('button', { name: '2', exact: true }).click();
  await ofBuild(2).getByText('It succeeded.').waitFor();
  await page.getByRole('region', { name: 'Log of build 2' }).getByText('pandas').first().waitFor();
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    t.same(await window.seriousFindings(), [], theme);
  }

  await page.getByText('Generations', { exact: true }).click();
  await page.getByRole('combobox', { name: 'Earlier generation' }).waitFor();
  const changed = page.locator('table.grid').nth(1).locator('tbody tr');
  await changed.first().waitFor();
  t.match(await changed.first().innerText(), /pandas\s+–\s+2\.1/);
  await page.getByRole('combobox', { name: 'Later generation' }).selectOption('1');
  await page.getByText('Both generations have the same packages.').waitFor();
  t.same(await window.seriousFindings(), []);
  await page.getByRole('button', { name: 'Roll back' }).click();
  const dialog = page.getByRole('dialog', { name: 'Roll back' });
  await dialog.getByLabel('Generation').selectOption('1');
  await dialog.getByRole('button', { name: 'Roll back' }).click();
  await page.getByText('Roll back: request accepted.').waitFor();
  await page.getByRole('cell', { name: '1 current' }).waitFor();
  t.same(window.problems, []);
  await window.close();
});
