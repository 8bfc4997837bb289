import { isIP } from 'node:net';

/** Returns whether a host name or address reaches only this machine. Listeners on other addresses require a token. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
