import { createHash } from 'node:crypto';
import { lockText, type Lock } from '#domain/drivers/conda/index.js';

/** SHA-256 of the lock's text: what a generation is called. */
export function lockDigest(lock: Lock): string {
  return textDigest(lockText(lock));
}

/** In hexadecimal, of the text in UTF-8. */
export function textDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
