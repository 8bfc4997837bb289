import { RELOADS } from './app/reloads.js';

/** Sets the theme before the first paint, so that a dark page never flashes white. */
try {
  const { theme } = JSON.parse(localStorage.getItem('muster.settings') ?? '{}') as {
    readonly theme?: unknown;
  };
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
} catch {
  // Unreadable settings select the system theme. They are overwritten when the user changes a setting.
}

const MOST_RELOADS = 3;
const RELOAD_AFTER_MS = 1000;

/**
 * Loads the page again if a script of its first view fails. Chromium drops all requests whenever a network of the machine changes (ERR_NETWORK_CHANGED),
 * as it does when Docker creates a network for a container.
 */
addEventListener(
  'error',
  ({ target }) => {
    const reloads = Number(sessionStorage.getItem(RELOADS) ?? 0);
    if (!(target instanceof HTMLScriptElement) || reloads >= MOST_RELOADS) return;
    sessionStorage.setItem(RELOADS, String(reloads + 1));
    setTimeout(() => location.reload(), RELOAD_AFTER_MS);
  },
  { capture: true },
);
