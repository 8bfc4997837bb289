import { createHash } from 'node:crypto';
import { lockText, type Lock } from '#domain/drivers/conda/index.js';

/** Returns the lock's SHA-256, which names its generation. */
export function lockDigest(lock: Lock): string {
  return textDigest(lockText(lock));
}

/** In hexadecimal, of the text in UTF-8. */
export function textDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
