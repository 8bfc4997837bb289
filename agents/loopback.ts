import { isIP } from 'node:net';

/** Does this name or address reach this machine only? Whatever listens elsewhere demands a token. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
