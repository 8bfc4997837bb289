/**
 * Takes a screenshot of each page that the test of every page checks, in both themes, live and past:
 * `npm run console:screens -- FOLDER [PART OF A NAME]`
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { openBrowser } from './fixtures/browser.js';
import { everyPage } from './fixtures/every-page.js';
import { signedIn } from './fixtures/session.js';
import { openWorld } from './fixtures/world.js';

const [, , folder = 'console-screens', wanted = ''] = process.argv;
t.setTimeout(600_000 * PATIENCE);

const world = await openWorld(t);
const browser = await openBrowser();
t.teardown(async () => await browser.close());
const window = await signedIn(browser, world.server.url);
const pages = await everyPage(window, world);

/** The route, the place of the page among those of its route, and the words in its query, such as `jobs-id-3-tab-logs`. */
function nameOf(route: string, path: string, index: number): string {
  const words = (path.split('?')[1] ?? '').split(/[=&]/).filter((each) => /^[a-z-]+$/.test(each));
  const first = route === '/' ? 'overview' : route.slice(1).replaceAll(/[/$]+/g, '-');
  return [first, ...(index === 0 ? [] : [String(index + 1)]), ...words].join('-');
}

mkdirSync(folder, { recursive: true });
const { position } = (await world.server.api.get<{ readonly position: string }>('/console/api/overview'))
  .body;
for (const [route, paths] of pages)
  for (const [index, path] of paths.entries()) {
    const name = nameOf(route, path, index);
    if (!name.includes(wanted)) continue;
    for (const [when, at] of [
      ['live', ''],
      ['past', `${path.includes('?') ? '&' : '?'}at=${position}`],
    ] as const)
      for (const theme of ['light', 'dark'] as const) {
        await window.show(`${path}${at}`, theme);
        await window.page.screenshot({ path: join(folder, `${name}-${when}-${theme}.png`), fullPage: true });
      }
  }
t.same(window.problems, []);
