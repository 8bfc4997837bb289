import type { IncomingHttpHeaders } from 'node:http';
import type { HostNames } from './host-names.js';

/** Methods without side effects. Foreign pages cannot read their responses. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Whether a foreign page caused this request with side effects. Browsers name the origin in headers, and send requests without a body without a
 * preflight. Other clients send no such headers.
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
