import type { SubjectKeys } from './subject-keys.js';

/** Keys of subjects in MongoDB, whose client is loaded only now. */
export async function openMongoKeys(url: string): Promise<SubjectKeys> {
  const { openMongoKeys: open } = await import('./mongo-keys.js');
  return await open(url);
}
