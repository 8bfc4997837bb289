import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether an `Authorization` header is the bearer token; takes the same time whatever is wrong with it. */
export function isBearer(header: string | undefined, token: string): boolean {
  const [, given = ''] = /^Bearer +(\S+)$/i.exec(header ?? '') ?? [];
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Names of this host that a request to a loopback agent may carry: any other was led here by somebody's DNS. */
export function isLocalHost(host: string | undefined, advertised: string): boolean {
  const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name) || name === advertised.toLowerCase();
}
