import type { IncomingHttpHeaders } from 'node:http';

/** What somebody can show: a token or an API key as Bearer, an API key in `X-API-Key`, a session's cookie. */
export type Credential =
  { readonly kind: 'bearer'; readonly text: string } | { readonly kind: 'apiKey'; readonly text: string } | { readonly kind: 'cookie'; readonly text: string };

export type CredentialKind = Credential['kind'];

/** Name of the cookie of a session: the contract's. */
export const SESSION_COOKIE = 'session';

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

/**
 * The value of the session's cookie. Of several that differ none is taken: a page of a neighbouring name may have set one of them, and
 * nothing says which.
 */
function cookieIn(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const values = new Set<string>();
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === SESSION_COOKIE) values.add(part.slice(equals + 1).trim());
  }
  const [value] = values;
  return values.size > 1 ? '' : value;
}
