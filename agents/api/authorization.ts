import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether an `Authorization` header is the bearer token; takes the same time whatever is wrong with it. */
export function isBearer(header: string | undefined, token: string): boolean {
  const [, given = ''] = /^Bearer +(\S+)$/i.exec(header ?? '') ?? [];
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
