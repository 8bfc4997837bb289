import t from 'tap';
import { startBasicAgent } from '../fixtures/basic-agent.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { startServer } from '../fixtures/server.js';
import { openBrowser } from './fixtures/browser.js';
import { send, signedIn } from './fixtures/session.js';
import { PASSWORD } from './fixtures/world.js';

t.setTimeout(300_000 * PATIENCE);

const GPUS = 4;
const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: PASSWORD } });
// This agent only simulates containers, which is enough for these pages.
const agent = await startBasicAgent(t, {
  serverUrl: server.url,
  nodeId: 'basic',
  resources: { gpus: GPUS },
  interval: 100,
});
const browser = await openBrowser();
t.teardown(async () => await browser.close());

void t.test(
  'a service is started, updated and rolled back, and its page shows each deployment',
  async (t) => {
    const window = await signedIn(browser, server.url);
    const { page } = window;
    const config = (tag: string) => ({
      image: `alpine:${tag}`,
      update: { min_healthy_seconds: 0 },
    });
    const made = await send<{ readonly id: string }>(window, 'post', '/api/v1/services', {
      name: 'shop',
      type: 'custom',
      config: config('3.19'),
    });
    t.equal(made.status, 201);
    const path = `/api/v1/services/${made.body.id}`;
    const settled = async (number: number, status: string): Promise<void> => {
      await eventually(
        async () => {
          const { body } = await send<{
            readonly deployments: readonly { readonly number: number; readonly status: string }[];
          }>(window, 'get', `${path}/deployments`);
          return body.deployments.some((each) => each.number === number && each.status === status);
        },
        { timeout: 60_000, what: `deployment ${number} ${status}` },
      );
    };

    await window.show(`/services/${made.body.id}?tab=deployments`);
    await page.getByText('Never deployed').waitFor();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
    await settled(1, 'completed');
    t.equal((await send(window, 'put', path, { config: config('3.20') })).status, 200);
    await settled(2, 'completed');
    const rows = page.locator('table.grid tbody tr');
    await rows.nth(1).waitFor();
    t.match(await rows.nth(1).innerText(), /completed[^]*placed after [^]*healthy after /);

    await page.getByRole('button', { name: 'Roll back' }).click();
    const dialog = page.getByRole('dialog', { name: 'Roll back' });
    await dialog.getByLabel('Version').selectOption('1');
    const plan = dialog.getByRole('region', { name: 'Plan' });
    await plan.getByText('The service would be redeployed.').waitFor();
    await plan.getByRole('row', { name: 'image alpine:3.20 alpine:3.19' }).waitFor();
    t.same(await window.seriousFindings(), []);
    await dialog.getByRole('button', { name: 'Roll back' }).click();
    await settled(3, 'completed');
    await rows.nth(2).waitFor();
    t.match(await rows.nth(0).innerText(), /rolled back/);
    t.same(await window.seriousFindings(), []);

    await page
      .getByRole('tab', { name: 'Versions' })
      .or(page.getByRole('button', { name: 'Versions' }))
      .click();
    await page.getByText('rolled back to 1').waitFor();
    t.match(await rows.nth(0).innerText(), /image: alpine:3\.20 → alpine:3\.19/);
    t.same(await window.seriousFindings(), []);
    await window.show(`/services/${made.body.id}?tab=logs`);
    await page.getByRole('region', { name: 'Log of shop' }).waitFor();
    t.same(window.problems, []);
    await window.close();
  },
);

void t.test('GPUs are claimed, shown among those of their node, and released', async (t) => {
  const window = await signedIn(browser, server.url);
  const { page } = window;
  await window.show('/gpus');
  await page.getByRole('button', { name: 'Claim GPUs' }).click();
  const form = page.getByRole('dialog', { name: 'Claim GPUs' });
  await form.getByLabel('GPUs').fill('many');
  await form.getByLabel('Image').fill('shell:test');
  await page.keyboard.press('Enter');
  await form.getByText('Enter a whole number of at least 1.').waitFor();
  t.same(await window.seriousFindings(), []);
  await form.getByLabel('GPUs').fill('3');
  await page.keyboard.press('Enter');
  await page.getByText('Claim GPUs: request accepted.').waitFor();
  await eventually(() => agent.running().length > 0, { what: 'the container of the claim' });
  const link = page.locator('[data-index="0"] a').first();
  await link.waitFor();
  const claim = new URL((await link.getAttribute('href')) ?? '', page.url()).pathname.split('/').at(-1) ?? '';
  await page.getByRole('button', { name: 'Grid' }).click();
  await page.getByText(`3 of ${GPUS} GPUs are allocated`).waitFor();
  const squares = page.getByRole('list', { name: 'GPUs of basic' }).locator('li');
  t.equal(await squares.count(), GPUS);
  t.equal(await page.getByRole('img', { name: 'free' }).count(), 1);
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    t.same(await window.seriousFindings(), [], theme);
  }
  await page
    .getByRole('link', { name: `held by claim ${claim} of admin` })
    .first()
    .click();
  await page.waitForURL(new RegExp(`/gpus/${claim}`));

  await page.getByRole('button', { name: 'Release' }).click();
  const dialog = page.getByRole('dialog', { name: 'Release' });
  await dialog.getByRole('textbox').fill(claim.slice(0, 14));
  await dialog.getByRole('button', { name: 'Release' }).click();
  await page.getByRole('main').locator('[data-status=Released], [data-status=released]').first().waitFor();
  t.same(window.problems, []);
  await window.close();
});
