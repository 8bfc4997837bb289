import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares in constant time. */
export function sameSecret(secret: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(secret), digest(given));
}
