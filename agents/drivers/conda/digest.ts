import { createHash } from 'node:crypto';
import { lockText, type Lock } from '#domain/drivers/conda/index.js';

/** SHA-256 of the lock's text: what a generation is called. */
export function lockDigest(lock: Lock): string {
  return createHash('sha256').update(lockText(lock)).digest('hex');
}
