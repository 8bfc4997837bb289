import type { SubjectKeys } from './subject-keys.js';

/** Sealing keys in MongoDB; the client is loaded on demand. */
export async function openMongoKeys(url: string): Promise<SubjectKeys> {
  const { openMongoKeys: open } = await import('./mongo-keys.js');
  return await open(url);
}
