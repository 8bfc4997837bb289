import type { SubjectKeys } from './subject-keys.js';

export async function openMongoKeys(url: string): Promise<SubjectKeys> {
  const { openMongoKeys: open } = await import('./mongo-keys.js');
  return await open(url);
}
