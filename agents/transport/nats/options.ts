import type { ConnectionOptions } from 'nats';

/**
 * Options of a connection that never gives up. The client's own defaults would: ten attempts to reconnect, two refused logins, and four
 * minutes until a connection that went silent is noticed.
 */
export function connectionOptions(url: string, name: string, random: () => number): ConnectionOptions {
  const parsed = new URL(url);
  const { username, password, protocol, host } = parsed;
  return {
    servers: host,
    name,
    timeout: 5_000,
    reconnect: true,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectDelayHandler: () => 200 + random() * 1_300,
    pingInterval: 5_000,
    maxPingOut: 2,
    noAsyncTraces: true,
    ...(protocol === 'tls:' ? { tls: {} } : {}),
    ...credentials(decodeURIComponent(username), decodeURIComponent(password)),
  };
}

/** The client reads none out of a URL. A user without a password is a token. */
function credentials(user: string, pass: string): Partial<ConnectionOptions> {
  if (user === '') return {};
  return pass === '' ? { token: user } : { user, pass };
}

/** Why a NATS URL cannot be used, or undefined. */
export function checkNatsUrl(url: string): string | undefined {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return 'must be a URL such as nats://127.0.0.1:4222';
  }
  if (parsed.protocol !== 'nats:' && parsed.protocol !== 'tls:') return 'must be nats:// or tls://';
  if (parsed.hostname === '') return 'must name a host';
  if (!['', '/'].includes(parsed.pathname) || parsed.search !== '' || parsed.hash !== '') return 'must have no path, query or fragment';
  return undefined;
}

