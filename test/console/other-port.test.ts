import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { openBrowser, Window } from './fixtures/browser.js';
import { openWorld, PASSWORD } from './fixtures/world.js';

const { server } = await openWorld(t);
const browser = await openBrowser();
t.teardown(async () => await browser.close());

void t.test('a program on another port of the host receives the cookie, but cannot use it', async (t) => {
  const received: (string | undefined)[] = [];
  const other = createServer((request, response) => {
    received.push(request.headers.cookie);
    response.end('hello');
  }).listen(0, '127.0.0.1');
  t.teardown(() => other.close());
  await once(other, 'listening');
  const window = await Window.open(browser, server.url);
  const { page, context } = window;
  await window.show('/tasks');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Account').fill('admin');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  const visit = await context.newPage();
  await visit.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
  const stolen = received.find((cookie) => cookie?.includes('muster_console='));
  t.ok(stolen, 'cookies know no ports');
  for (const value of ['1', 'none'])
    t.equal(
      (
        await server.api.get('/api/auth/me', {
          headers: { cookie: stolen ?? '', 'x-muster-console': value },
        })
      ).status,
      401,
    );
  const tab = await context.newPage();
  await tab.goto('/console/tasks');
  await tab.getByRole('button', { name: 'Sign out' }).waitFor();
  t.same(window.problems, []);
  await window.close();
});
