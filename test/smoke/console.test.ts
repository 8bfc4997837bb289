import t from 'tap';
import { openBrowser, Window } from '../console/fixtures/browser.js';
import { openWorld } from '../console/fixtures/world.js';

void t.test('the console shows the fleet, a failed job, and the jobs of an earlier moment', async (t) => {
  const { server, before } = await openWorld(t);
  const browser = await openBrowser();
  t.teardown(async () => await browser.close());
  const window = await Window.open(browser, server.url);
  const shows = async (path: string, text: string): Promise<void> => {
    await window.show(path);
    await window.page.getByText(text).filter({ visible: true }).first().waitFor();
    t.pass(`${path} shows ${text}`);
  };
  await shows('/', 'Waiting');
  t.same(await window.seriousFindings(), [], 'axe finds nothing serious on the first page');
  await shows('/jobs/broken', 'exited with code 3');
  await shows('/jobs', '4 jobs');
  await shows(`/jobs?at=${before}`, '3 jobs');
  await shows(`/jobs?at=${before}`, 'read only');
  t.same(window.problems, [], 'no error in the browser, and no request to another origin');
});
