import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares a secret with what was sent for it, in a time that says nothing of either. */
export function sameSecret(secret: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(secret), digest(given));
}
