import t from 'tap';
import { startServer } from '../fixtures/server.js';
import { openBrowser, Window } from './fixtures/browser.js';
import { everyPage, routes } from './fixtures/every-page.js';
import { signedIn } from './fixtures/session.js';
import { openWorld, PASSWORD } from './fixtures/world.js';

t.setTimeout(900_000);

/** Which of the colours differ, so only the contrast has to be checked again. */
const COLOURS = ['color-contrast'];
/** Characters that are invisible or reverse the text after them. */
const HIDDEN = /[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

const browser = await openBrowser();
t.teardown(async () => await browser.close());

/** Returns what is wrong with the page that the window shows, in all sets of colours and in a narrow window. */
async function faults(window: Window): Promise<string[]> {
  const { page } = window;
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
  const found = [...(await window.seriousFindings()), ...(await page.evaluate(misplaced))];
  await page.emulateMedia({ colorScheme: 'dark' });
  found.push(...(await window.seriousFindings(COLOURS)).map((each) => `dark: ${each}`));
  await page.emulateMedia({ forcedColors: 'active' });
  found.push(...(await window.seriousFindings(COLOURS)).map((each) => `forced colours: ${each}`));
  await page.setViewportSize({ width: 320, height: 640 });
  const wide = await page.evaluate(tooWide);
  if (wide !== undefined) found.push(`sideways scroll at 320 px: ${wide}`);
  await page.setViewportSize({ width: 1280, height: 800 });
  const shown = await page.evaluate(() =>
    [document.title, document.body.innerText]
      .concat(
        Array.from(document.querySelectorAll('[title], [aria-label]'), (each) =>
          ['title', 'aria-label'].map((name) => each.getAttribute(name) ?? '').join(' '),
        ),
      )
      .join('\n'),
  );
  const hidden = shown.split('\n').find((line) => HIDDEN.test(line));
  if (hidden !== undefined) found.push(`hidden characters: ${JSON.stringify(hidden)}`);
  return [...found, ...window.problems.splice(0)];
}

/** Runs in the page. Describes what has failed, a page that its navigation does not know, and what does not fit. */
function misplaced(): string[] {
  const found = Array.from(
    document.querySelectorAll('[role=alert]'),
    (each) => `failed: ${each.textContent ?? ''}`,
  );
  if (document.title.includes('Not found') || document.querySelector('nav [data-here=true]') === null)
    found.push(`not in the navigation: ${document.title}`);
  const { scrollHeight, clientHeight } = document.documentElement;
  if (scrollHeight > clientHeight) found.push(`the document scrolls: ${scrollHeight} px`);
  const bar = document.querySelector('section[aria-label=Moment] > div');
  if ((bar?.clientHeight ?? 0) > 44)
    found.push(`the bar has more than one row: ${bar?.clientHeight ?? 0} px`);
  return found;
}

/** Runs in the page. Describes the widest element of a page that scrolls sideways, or returns undefined. */
function tooWide(): string | undefined {
  const { scrollWidth, clientWidth } = document.documentElement;
  const main = document.querySelector('main');
  if (scrollWidth <= clientWidth && (main === null || main.scrollWidth <= main.clientWidth)) return undefined;
  const widest = Array.from(document.querySelectorAll('body *'))
    .map((each) => ({ each, right: each.getBoundingClientRect().right }))
    .sort((a, b) => b.right - a.right)[0];
  return `${widest?.right ?? 0} px: ${widest?.each.outerHTML.slice(0, 200) ?? ''}`;
}

void t.test(
  'each page is accessible, narrow enough and free of hidden characters, live and in the past',
  async (t) => {
    const world = await openWorld(t);
    const window = await signedIn(browser, world.server.url);
    window.page.on('response', (response) => {
      if (response.status() >= 400 && response.request().resourceType() === 'script')
        window.problems.push(`a script: ${response.status()} ${response.url()}`);
    });
    window.page.on('requestfailed', (request) => {
      if (request.resourceType() === 'script')
        window.problems.push(`a script: ${request.failure()?.errorText ?? ''} ${request.url()}`);
    });
    const pages = await everyPage(window, world);
    t.same([...pages.keys()], routes(), 'each route has a page in this test');
    const { position } = (await world.server.api.get<{ readonly position: string }>('/console/api/overview'))
      .body;
    for (const path of [...pages.values()].flat())
      for (const moment of ['', `${path.includes('?') ? '&' : '?'}at=${position}`]) {
        await window.show(`${path}${moment}`);
        t.same(await faults(window), [], `${path}${moment}`);
      }
    await window.close();
  },
);

void t.test('each page of an empty server is accessible, live and in the past', async (t) => {
  const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: PASSWORD } });
  const window = await signedIn(browser, server.url);
  for (const route of routes().filter((each) => !each.includes('$')))
    for (const moment of ['', '?at=1']) {
      await window.show(`${route}${moment}`);
      t.same(await faults(window), [], `${route}${moment}`);
    }
  await window.close();
});
