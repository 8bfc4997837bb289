import { join } from 'node:path';
import t from 'tap';
import { Sqlite } from '#src/engine/sqlite.js';
import { writeLivedLog } from '../bench/lived-log.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { startServer } from '../fixtures/server.js';
import { openBrowser, Window } from './fixtures/browser.js';

t.setTimeout(300_000 * PATIENCE);

const DAY_MS = 86_400_000;
/** Several times the distance between two log samples. Retained history always begins at a sample. */
const OLD_EVENTS = 6_000;

/** Writes a log and backdates its events. Server threads use the real clock, so time cannot be moved forward instead. */
async function writeOldLog(directory: string, days: number): Promise<void> {
  await writeLivedLog(directory, OLD_EVENTS, 2);
  const log = new Sqlite(join(directory, 'events.db'));
  log.prepare('UPDATE events SET created = created - ?').run(days * DAY_MS);
  log.close();
}

void t.test(
  'a page for a moment before the retained history offers to show the earliest retained one',
  async (t) => {
    const dataDir = ownFolder(t);
    await writeOldLog(dataDir, 5);
    const server = await startServer(t, {
      dataDir,
      env: { MUSTER_HISTORY_DAYS: '2', MUSTER_ENDED_JOBS_DAYS: '0' },
    });
    const refused = await eventually(
      async () => {
        const answer = await server.api.get<{ error: string }>('/jobs?as_of=5');
        return answer.status === 410 ? answer.body.error : undefined;
      },
      { timeout: 60_000, what: 'the pruning of history' },
    );
    const [, earliest = ''] = /which is position (\d+)/.exec(refused) ?? [];
    t.ok(Number(earliest) > 1_024, refused);
    const browser = await openBrowser();
    t.teardown(async () => await browser.close());
    const window = await Window.open(browser, server.url);
    const { page } = window;
    for (const path of ['/', '/jobs', '/jobs/job-1', '/nodes', '/events']) {
      await window.show(`${path}?at=5`);
      if (path === '/events') continue;
      await page.getByText(refused).first().waitFor();
    }
    await window.show('/jobs?at=5');
    await page.getByRole('button', { name: 'Show the earliest moment' }).click();
    await page.locator('[data-index="0"] a').first().waitFor();
    await window.settled();
    t.equal(new URL(page.url()).searchParams.get('at'), earliest);
    t.same(window.problems, []);
    await window.close();
  },
);
