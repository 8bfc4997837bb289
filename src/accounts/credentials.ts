import type { IncomingHttpHeaders } from 'node:http';

export type Credential =
  | { readonly kind: 'bearer'; readonly text: string }
  | { readonly kind: 'apiKey'; readonly text: string }
  | { readonly kind: 'cookie'; readonly text: string }
  | { readonly kind: 'console'; readonly text: string; readonly pageSecret: string };

export type CredentialKind = Credential['kind'];

/** Cookie name defined by the contract. */
export const SESSION_COOKIE = 'session';

export const CONSOLE_COOKIE = 'muster_console';
/** Name of the console's cookie where it is `Secure`. Browsers accept this prefix only from the host itself over TLS, so nobody else can set it. */
export const SECURE_CONSOLE_COOKIE = `__Host-${CONSOLE_COOKIE}`;
/**
 * Header sent by the console's page. Pages from other origins cannot send it without a preflight request, which fails. Its value is the page secret of
 * the session, which only pages of the console's own origin have: browsers send the cookie to every port of the host.
 */
export const CONSOLE_HEADER = 'x-muster-console';

/** Whether the console's own page sent the request, according to {@link CONSOLE_HEADER} and the browser's `Sec-Fetch-Site`. */
export function isFromConsole(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  return (
    typeof headers[CONSOLE_HEADER] === 'string' &&
    (site === undefined || site === 'same-origin' || site === 'none')
  );
}

/**
 * Returns the first credential of an accepted kind. An `Authorization` header with a scheme other than Bearer is treated as an invalid credential. A
 * console session is accepted wherever a token is.
 */
export function credentialIn(
  headers: IncomingHttpHeaders,
  accepted: readonly CredentialKind[],
): Credential | undefined {
  if (accepted.includes('bearer') && headers.authorization !== undefined)
    return { kind: 'bearer', text: bearerIn(headers) ?? '' };
  const key = headers['x-api-key'];
  if (accepted.includes('apiKey') && typeof key === 'string') return { kind: 'apiKey', text: key };
  const ofConsole =
    accepted.includes('bearer') && isFromConsole(headers)
      ? (cookieIn(headers.cookie, SECURE_CONSOLE_COOKIE) ?? cookieIn(headers.cookie, CONSOLE_COOKIE))
      : undefined;
  if (ofConsole !== undefined)
    return { kind: 'console', text: ofConsole, pageSecret: String(headers[CONSOLE_HEADER]) };
  const cookie = accepted.includes('cookie') ? cookieIn(headers.cookie, SESSION_COOKIE) : undefined;
  return cookie === undefined ? undefined : { kind: 'cookie', text: cookie };
}

export function bearerIn(headers: IncomingHttpHeaders): string | undefined {
  return /^Bearer +([^\s]+) *$/i.exec(headers.authorization ?? '')?.[1];
}

/** Returns the value of a cookie. If it occurs with different values, returns an empty, invalid one: another host of the domain may have set one. */
function cookieIn(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  const values = new Set<string>();
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) values.add(part.slice(equals + 1).trim());
  }
  const [value] = values;
  return values.size > 1 ? '' : value;
}
