import { createHmac } from 'node:crypto';
import type { ConnectionOptions } from 'nats';
import { isLoopback } from '../../loopback.js';

/**
 * Options of a connection that never gives up. By default, the client stops after ten reconnects or two refused logins, and detects a silent
 * connection only after four minutes.
 */
export function connectionOptions(
  urls: string,
  name: string,
  random: () => number,
  inbox?: string,
): ConnectionOptions {
  const parsed = splitNatsUrls(urls).map((url) => new URL(url));
  const [first] = parsed;
  return {
    servers: parsed.map(({ host }) => host),
    name,
    timeout: 5_000,
    reconnect: true,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectDelayHandler: () => 200 + random() * 1_300,
    pingInterval: 5_000,
    maxPingOut: 2,
    noAsyncTraces: true,
    ...(inbox === undefined ? {} : { inboxPrefix: inbox }),
    ...(first?.protocol === 'tls:' ? { tls: {} } : {}),
    ...credentials(decodeURIComponent(first?.username ?? ''), decodeURIComponent(first?.password ?? '')),
  };
}

/** The client ignores credentials in URLs. A user without a password is used as a token. */
function credentials(user: string, pass: string): Partial<ConnectionOptions> {
  if (user === '') return {};
  return pass === '' ? { token: user } : { user, pass };
}

/** Splits the URLs of a NATS cluster at commas. Credentials and TLS settings come from the first URL. */
export function splitNatsUrls(urls: string): string[] {
  return urls.split(',').map((url) => url.trim());
}

/** Explains why the URLs are unusable. Returns undefined if they are valid. */
export function checkNatsUrls(urls: string): string | undefined {
  return splitNatsUrls(urls)
    .map(problemOfUrl)
    .find((problem) => problem !== undefined);
}

/** Returns whether the URLs contain credentials. Without credentials, NATS accepts any client. */
export function namesCredentials(urls: string): boolean {
  const [first = ''] = splitNatsUrls(urls);
  return new URL(first).username !== '';
}

/** Derives a join token from the NATS credentials that servers and agents share, for use if none is set. Undefined if there are no credentials. */
export function joinTokenOf(urls: string): string | undefined {
  if (!namesCredentials(urls)) return undefined;
  const { username, password } = new URL(splitNatsUrls(urls)[0] ?? '');
  return `musnats_${createHmac('sha256', `${username}:${password}`).update('muster: join token of NATS').digest('base64url')}`;
}

export function areLoopback(urls: string): boolean {
  return splitNatsUrls(urls).every((url) => isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, '')));
}

function problemOfUrl(url: string): string | undefined {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return 'must be nats://host:port, several separated by commas';
  }
  if (parsed.protocol !== 'nats:' && parsed.protocol !== 'tls:') return 'must be nats:// or tls://';
  if (parsed.hostname === '') return 'must name a host';
  if (!['', '/'].includes(parsed.pathname) || parsed.search !== '' || parsed.hash !== '')
    return 'must have no path, query or fragment';
  return undefined;
}
