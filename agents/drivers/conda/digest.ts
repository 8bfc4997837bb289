import { createHash } from 'node:crypto';
import { lockText, type Lock } from '#domain/drivers/conda/index.js';

/** Returns the SHA-256 of the lock, which is the name of its generation. */
export function lockDigest(lock: Lock): string {
  return textDigest(lockText(lock));
}

/** Returns the hexadecimal SHA-256 of the text's UTF-8 bytes. */
export function textDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
