/** Name under which the browser's tab counts how often it loaded the page again because a script was missing. */
export const RELOADS = 'muster.reloads';
