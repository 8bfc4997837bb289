import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import t from 'tap';
import { openBrowser, Window } from '../console/fixtures/browser.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(300_000 * PATIENCE);

const PASSWORD = 'password of the walk';
const MAX_PICTURE_BYTES = 60_000;
const [, section = ''] = readFileSync('docs/console.md', 'utf8').split('\n## A walk\n');
const [WALK = ''] = section.split('\n## ');
const [, COMMAND = ''] = /^```yaml\ncommand: (.+)\n```/m.exec(WALK) ?? [];
const EXAMPLE = /`(examples\/[^`]+)`/.exec(WALK)?.[1] ?? '';

/** The page's pictures, each with the bold words of the text before it. */
const PARTS = [...WALK.matchAll(/([^]*?)!\[[^\]]+\]\((pictures\/[^)]+)\)/g)].map(
  ([, text = '', picture = '']) => ({
    picture: `docs/${picture}`,
    /** Names of the controls and texts that the page prints in bold. */
    words: [...text.matchAll(/\*\*([^*]+)\*\*/g)].map(([, word = '']) => word),
  }),
);

const server = await startServer(t, {
  env: { MUSTER_EMBEDDED_AGENT: 'true', MUSTER_ADMIN_PASSWORD: PASSWORD },
});
await eventually(async () => (await server.api.nodes()).some(({ healthy }) => healthy), {
  timeout: 60_000,
  what: 'the local agent',
});
const browser = await openBrowser();
t.teardown(async () => await browser.close());
const window = await Window.open(browser, server.url, 1120);
const { page } = window;
// The first read of the past starts a thread, which takes most of a minute on a busy machine.
page.setDefaultTimeout(90_000 * PATIENCE);
await page.setViewportSize({ width: 1120, height: 660 });

const used = new Set<string>();
async function press(name: string): Promise<void> {
  used.add(name);
  const control = page
    .getByRole('button', { name, exact: true })
    .or(page.getByRole('link', { name, exact: true }))
    .or(page.getByRole('tab', { name, exact: true }));
  await control.first().click();
}
async function see(text: string): Promise<void> {
  used.add(text);
  await page.getByText(text).filter({ visible: true }).first().waitFor();
}
async function fill(label: string, change: (text: string) => string): Promise<void> {
  used.add(label);
  const field = page.getByLabel(label, { exact: true });
  await field.waitFor();
  await field.fill(change(await field.inputValue()));
}

/** The actions that lead to each picture. */
const STEPS: readonly (() => Promise<void>)[] = [
  async () => {
    await window.show('/');
    await see('operator');
    await press('Sign in');
    await page.getByLabel('Account').fill('admin');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  },
  async () => {
    await press('Jobs');
    await press('Run a job');
    await fill('Job file', () => readFileSync(EXAMPLE, 'utf8'));
    await press('Plan');
    await see('A new job.');
  },
  async () => {
    await press('Run');
    await page.waitForURL(/\/jobs\/report$/);
    await see('failed');
    await page.locator('[data-status=failed]').first().waitFor();
    await see('exited with code 1');
  },
  async () => {
    await press('Logs');
    await see('orders.csv');
  },
  async () => {
    await page.getByRole('tab', { name: 'Allocations' }).click();
    used.add('started on node');
    await page.getByRole('button', { name: 'started on node' }).click();
    await page.locator('dl [data-status=running]').waitFor();
    await see('running');
    await see('read only');
    await see('Back to now');
  },
  async () => {
    await press('Compare');
    await see('Compared with');
    await page.getByRole('region', { name: 'Comparison' }).getByText('failed').first().waitFor();
  },
  async () => {
    await press('End comparison');
    await press('Edit and run again');
    await fill('Job file', (text) => text.replace(/command: .*/, `command: ${COMMAND}`));
    await press('Plan');
    await see('The job would be restarted.');
  },
  async () => {
    await press('Run');
    await page.waitForURL(/\/jobs\/report$/);
    await page.locator('dl [data-status=complete]').waitFor();
    await see('complete');
    await press('Versions');
    await see('apples');
  },
];

void t.test('the walkthrough works as the page describes', async (t) => {
  t.equal(STEPS.length, PARTS.length, 'there is one step for each picture');
  for (const [index, { picture, words }] of PARTS.entries()) {
    used.clear();
    await STEPS[index]?.();
    for (const word of words) t.ok(used.has(word), `the step to ${picture} uses ${word}`);
    await window.settled();
    t.same(await window.seriousFindings(), [], picture);
    if (process.env['MUSTER_TEST_WRITE_PICTURES'] === '1') await takePicture(picture);
    t.ok(statSync(picture).size < MAX_PICTURE_BYTES, `${picture} is small`);
  }
  t.same(window.problems, []);
});

/** `MUSTER_TEST_WRITE_PICTURES=1 node dist/test/docs/console.test.js` takes new pictures. */
async function takePicture(file: string): Promise<void> {
  const session = await window.context.newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 80 });
  await session.detach();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, Buffer.from(data, 'base64'));
}
