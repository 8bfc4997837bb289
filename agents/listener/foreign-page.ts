import type { IncomingHttpHeaders } from 'node:http';
import type { HostNames } from './host-names.js';

/** Methods that change nothing: what they answer no foreign page can read. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Whether a request that changes something was made by a page that is not this listener's own. A browser says of each such request where
 * it comes from, and sends it without asking where it has no body; what is no browser says neither.
 */
export function isForeignPage(method: string, headers: IncomingHttpHeaders, names: HostNames): boolean {
  if (SAFE.has(method)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const { origin, host } = headers;
  if (origin === undefined) return false;
  if (!URL.canParse(origin)) return true;
  const page = new URL(origin);
  return page.host !== host?.toLowerCase() && !names.allowsOrigin(page.host);
}
