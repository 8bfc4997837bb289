import type { IncomingHttpHeaders } from 'node:http';

export type Credential =
  | { readonly kind: 'bearer'; readonly text: string }
  | { readonly kind: 'apiKey'; readonly text: string }
  | { readonly kind: 'cookie'; readonly text: string };

export type CredentialKind = Credential['kind'];

/** Cookie name of the contract. */
export const SESSION_COOKIE = 'session';

/** Returns the first credential of the accepted kinds. An `Authorization` header other than Bearer counts as a wrong credential. */
export function credentialIn(
  headers: IncomingHttpHeaders,
  accepted: readonly CredentialKind[],
): Credential | undefined {
  if (accepted.includes('bearer') && headers.authorization !== undefined)
    return { kind: 'bearer', text: bearerIn(headers) ?? '' };
  const key = headers['x-api-key'];
  if (accepted.includes('apiKey') && typeof key === 'string') return { kind: 'apiKey', text: key };
  const cookie = accepted.includes('cookie') ? cookieIn(headers.cookie) : undefined;
  return cookie === undefined ? undefined : { kind: 'cookie', text: cookie };
}

export function bearerIn(headers: IncomingHttpHeaders): string | undefined {
  return /^Bearer +([^\s]+) *$/i.exec(headers.authorization ?? '')?.[1];
}

/** Returns the session cookie. If several differ, none is used: another host of the domain may have set one. */
function cookieIn(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const values = new Set<string>();
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === SESSION_COOKIE)
      values.add(part.slice(equals + 1).trim());
  }
  const [value] = values;
  return values.size > 1 ? '' : value;
}
