import type { IncomingHttpHeaders } from 'node:http';

/** What somebody can show: a token or an API key as Bearer, an API key in `X-API-Key`, a session's cookie. */
export type Credential =
  { readonly kind: 'bearer'; readonly text: string } | { readonly kind: 'apiKey'; readonly text: string } | { readonly kind: 'cookie'; readonly text: string };

export type CredentialKind = Credential['kind'];

/** Name of the cookie of a session. `__Host-` would demand TLS, which Muster leaves to what stands before it. */
export const SESSION_COOKIE = 'muster_session';

/**
 * The first credential of the accepted kinds that a request shows; undefined where it shows none. An `Authorization` that is no
 * Bearer is a credential too: a wrong one.
 */
export function credentialIn(headers: IncomingHttpHeaders, accepted: readonly CredentialKind[]): Credential | undefined {
  if (accepted.includes('bearer') && headers.authorization !== undefined) return { kind: 'bearer', text: bearerIn(headers) ?? '' };
  const key = headers['x-api-key'];
  if (accepted.includes('apiKey') && typeof key === 'string') return { kind: 'apiKey', text: key };
  const cookie = accepted.includes('cookie') ? cookieIn(headers.cookie) : undefined;
  return cookie === undefined ? undefined : { kind: 'cookie', text: cookie };
}

/** The token of `Authorization: Bearer`. */
export function bearerIn(headers: IncomingHttpHeaders): string | undefined {
  return /^Bearer +([^\s]+) *$/i.exec(headers.authorization ?? '')?.[1];
}

function cookieIn(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === SESSION_COOKIE) return part.slice(equals + 1).trim();
  }
  return undefined;
}

/**
 * Whether a request that shows a cookie was made by a page of this server's own: a browser sends the cookie for every page. What
 * changes nothing may come from anywhere, and what is no browser says neither header.
 */
export function isOwnPage(method: string, headers: IncomingHttpHeaders): boolean {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return true;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin, host } = headers;
  if (origin === undefined) return true;
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}
