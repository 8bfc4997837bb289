import { createHmac } from 'node:crypto';
import type { ConnectionOptions } from 'nats';
import { isLoopback } from '../../loopback.js';

/**
 * Options of a connection that never gives up. The client's own defaults would: ten attempts to reconnect, two refused logins, and four
 * minutes until a connection that went silent is noticed.
 */
export function connectionOptions(urls: string, name: string, random: () => number, inbox?: string): ConnectionOptions {
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

/** The client reads none out of a URL. A user without a password is a token. */
function credentials(user: string, pass: string): Partial<ConnectionOptions> {
  if (user === '') return {};
  return pass === '' ? { token: user } : { user, pass };
}

/** One URL for each server of a NATS cluster, separated by commas; credentials and TLS are the first one's. */
export function splitNatsUrls(urls: string): string[] {
  return urls.split(',').map((url) => url.trim());
}

/** Why these cannot be used, or undefined. */
export function checkNatsUrls(urls: string): string | undefined {
  return splitNatsUrls(urls)
    .map(problemOfUrl)
    .find((problem) => problem !== undefined);
}

/** Whether they name a user and a password, or a token: without them NATS lets in any client. */
export function namesCredentials(urls: string): boolean {
  const [first = ''] = splitNatsUrls(urls);
  return new URL(first).username !== '';
}

/**
 * What stands in for a join token where none is set: made of the credentials for NATS, which servers and agents then share. Undefined where the URL
 * names none.
 */
export function joinTokenOf(urls: string): string | undefined {
  if (!namesCredentials(urls)) return undefined;
  const { username, password } = new URL(splitNatsUrls(urls)[0] ?? '');
  return `musnats_${createHmac('sha256', `${username}:${password}`).update('muster: join token of NATS').digest('base64url')}`;
}

/** Whether all of them are on this machine. */
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
  if (!['', '/'].includes(parsed.pathname) || parsed.search !== '' || parsed.hash !== '') return 'must have no path, query or fragment';
  return undefined;
}
