import type { IncomingHttpHeaders } from 'node:http';
import type { HostNames } from './host-names.js';

/** Methods without side effects. Foreign pages cannot read their responses. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Returns whether a foreign page caused this request and it has side effects. Browsers send the origin in headers, and send requests without a body
 * without a preflight. Other clients do not send these headers.
 */
export function isForeignPage(method: string, headers: IncomingHttpHeaders, names: HostNames): boolean {
  if (SAFE.has(method)) return false;
  if (isOfForeignSite(headers)) return true;
  const { origin, host } = headers;
  if (origin === undefined) return false;
  if (!URL.canParse(origin)) return true;
  const page = new URL(origin);
  return page.host !== host?.toLowerCase() && !names.allowsOrigin(page.host);
}

/**
 * Returns whether a foreign page embeds the response of this request or fetches it. It cannot read the response, but it learns whether the request
 * succeeded, and can start requests that do not end. Such a request must not have the rights of the connection, which are those of the user who runs
 * the browser. Following a link is allowed, because the foreign page then learns nothing.
 */
export function isForForeignPage(headers: IncomingHttpHeaders): boolean {
  return isOfForeignSite(headers) && headers['sec-fetch-dest'] !== 'document';
}

function isOfForeignSite({ 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
