import t, { type Test } from 'tap';
import type { Page } from 'playwright-core';
import { PATIENCE } from '../fixtures/eventually.js';
import { openBrowser, Window } from './fixtures/browser.js';
import { openWorld, PASSWORD } from './fixtures/world.js';

t.setTimeout(300_000 * PATIENCE);

const { server, before } = await openWorld(t);
const browser = await openBrowser();
t.teardown(async () => await browser.close());

/** More tabs than any page needs, so a control that cannot be reached ends the test. */
const MOST_TABS = 80;

interface Focus {
  /** Name of the focused element as the user sees or hears it. Empty if nothing has the focus. */
  readonly name: string;
  /** Whether the user sees which element it is. The page as a whole needs no mark. */
  readonly visible: boolean;
}

/** Runs in the page. */
function focus(): Focus {
  const at = document.activeElement;
  if (!(at instanceof HTMLElement) || at === document.body) return { name: '', visible: false };
  const label = at.getAttribute('aria-label') ?? (at as HTMLInputElement).labels?.[0]?.textContent;
  const name = label ?? `${at.id === 'page' ? 'page' : ''}${at.id === 'page' ? '' : at.innerText}`.trim();
  if (at.id === 'page') return { name, visible: true };
  const { top, bottom, left, right } = at.getBoundingClientRect();
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  const isInside = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
  return {
    name: name === '' ? at.outerHTML.slice(0, 80) : name,
    visible: isInside && outlineStyle !== 'none' && outlineWidth !== '0px',
  };
}

/** Presses keys, and asserts after each that something has the focus and that the user sees what. */
class Keyboard {
  constructor(
    private readonly t: Test,
    private readonly page: Page,
  ) {}

  /** Name of the element that had the focus before. */
  private last = 'nothing';

  async press(...keys: readonly string[]): Promise<Focus> {
    for (const key of keys) await this.page.keyboard.press(key);
    return await this.seen(keys.join(' '));
  }

  async type(text: string): Promise<Focus> {
    await this.page.keyboard.type(text);
    return await this.seen(text);
  }

  /** Asserts where the focus is, once the page has rendered. */
  async seen(after: string): Promise<Focus> {
    await this.page.evaluate(
      async () => await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    const now = await this.page.evaluate(focus);
    if (now.name === '' || !now.visible)
      this.t.fail(
        `after ${after}, which followed ${this.last}, the focus is ${now.name === '' ? 'lost' : `not visible on ${now.name}`}`,
      );
    this.last = now.name;
    return now;
  }

  /** Presses Tab until the element with this name has the focus. */
  async reach(name: string | RegExp, key = 'Tab'): Promise<void> {
    const passed: string[] = [];
    for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
      const at = await this.press(key);
      if (typeof name === 'string' ? at.name === name : name.test(at.name)) return;
      if (at.name === '') break;
      passed.push(at.name.slice(0, 30));
    }
    throw new Error(`${key} does not reach ${String(name)}, only ${passed.join(' | ')}`);
  }
}

void t.test('everything on the way from signing in to now works with the keyboard alone', async (t) => {
  const window = await Window.open(browser, server.url);
  const { page } = window;
  const keyboard = new Keyboard(t, page);
  await window.show('/');
  const focused = (): Promise<Focus> => page.evaluate(focus);

  t.equal((await keyboard.press('Tab')).name, 'Skip to content', 'the first link skips the navigation');
  t.equal((await keyboard.press('Enter')).name, 'page');
  await keyboard.reach('Sign in', 'Shift+Tab');
  await keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Sign in' }).waitFor();
  if ((await focused()).name !== 'Account') await keyboard.reach('Account');
  await keyboard.type('admin');
  await keyboard.reach('Password');
  await keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await keyboard.seen('signing in');

  await window.jump('j', /\/jobs$/);
  await window.settled();
  await keyboard.seen('g j');
  t.equal((await keyboard.press('/')).name, 'Filter: Jobs');
  await keyboard.type('status:failed');
  await page.getByText('1 job', { exact: true }).waitFor();
  await keyboard.press('ControlOrMeta+A', 'Delete');
  await page.getByText('4 jobs', { exact: true }).waitFor();
  await keyboard.reach('Job');
  await keyboard.press('Enter');
  await page.waitForURL(/sort=id/);
  await window.settled();
  await keyboard.seen('sorting');
  await keyboard.reach(/^broken/);
  t.match((await keyboard.press('ArrowDown')).name, /^done/);
  t.match((await keyboard.press('End')).name, /^waiting/);
  t.match((await keyboard.press('Home', 'ArrowDown', 'ArrowDown')).name, /^ticker/);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/jobs\/ticker$/);
  await page.getByRole('heading', { name: 'ticker' }).waitFor();
  await window.settled();
  t.equal((await keyboard.seen('opening a row')).name, 'page', 'the focus moves to the page that opens');

  await keyboard.reach('Stop');
  await keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Stop' });
  await dialog.waitFor();
  await keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  t.equal((await keyboard.seen('closing the dialog')).name, 'Stop', 'the focus returns to the button');
  await keyboard.press('Enter');
  await dialog.waitFor();
  await keyboard.type('tick');
  await page.keyboard.press('Enter');
  await dialog.getByText('Type ticker exactly.').waitFor();
  await keyboard.type('er');
  await page.keyboard.press('Enter');
  await page.getByText('Stop: request accepted.').waitFor();
  t.equal((await keyboard.seen('the action')).name, 'Stop');
  await page.getByRole('main').locator('[data-status=stopped]').first().waitFor();

  await keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();
  await keyboard.type('brok');
  await page.getByRole('option', { name: /^job broken/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('combobox').waitFor({ state: 'detached' });
  t.equal((await keyboard.seen('closing the search')).name, 'Stop');
  await page.keyboard.press('Control+k');
  await keyboard.type('brok');
  await page.getByRole('option', { name: /^job broken/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/jobs\/broken$/);
  await window.settled();
  await keyboard.seen('opening what was found');
  await keyboard.reach('Allocations');
  await page.keyboard.press('ArrowRight');
  await page.waitForURL(/tab=/);
  await keyboard.seen('choosing a tab');

  t.match((await keyboard.press('t')).name, /^Go to a moment/);
  await keyboard.type(`#${before}`);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.searchParams.get('at') === before);
  await window.settled();
  await keyboard.seen('going to a moment');
  await keyboard.press('[');
  await page.waitForURL((url) => Number(url.searchParams.get('at')) < Number(before));
  await window.settled();
  await keyboard.reach('Timeline', 'Shift+Tab');
  await page.keyboard.press('Enter');
  const slider = page.getByRole('slider', { name: 'Moment on the timeline' });
  await slider.waitFor();
  await keyboard.reach('Moment on the timeline');
  const former = await slider.getAttribute('aria-valuetext');
  await keyboard.press('ArrowLeft');
  await page.waitForFunction(
    (text) =>
      document
        .querySelector('[role=slider][aria-label="Moment on the timeline"]')
        ?.getAttribute('aria-valuetext') !== text,
    former,
  );
  await keyboard.reach('Compare', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Comparison' }).waitFor();
  await keyboard.seen('comparing');
  await keyboard.press('Escape');
  await page.waitForURL((url) => !url.searchParams.has('vs'));
  await keyboard.press('{');
  await page.waitForURL((url) => url.searchParams.has('at'));
  await keyboard.reach('Back to now');
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => !url.searchParams.has('at'));
  await window.settled();
  await keyboard.seen('going back to now');
  await keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await page.keyboard.press('Escape');
  await keyboard.seen('closing the shortcuts');
  t.same(window.problems, []);
  await window.close();
});
