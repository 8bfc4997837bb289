import type { ReadModels, ChangeSource } from '#domain/kernel/ports/read-models.js';
import type { MongoReadModelsOptions } from './mongo-read-models.js';
import type { RebuildOptions } from './rebuild.js';

export async function openMongoReadModels(
  options: MongoReadModelsOptions,
): Promise<ReadModels & ChangeSource> {
  const { openMongoReadModels: open } = await import('./mongo-read-models.js');
  return open(options);
}

export async function rebuildInMongo(options: RebuildOptions): Promise<boolean> {
  const { rebuildInMongo: rebuild } = await import('./rebuild.js');
  return await rebuild(options);
}

/** Returns whether the MongoDB at this URL lets clients in without credentials, or undefined if it does not answer. */
export async function isOpenMongo(url: string): Promise<boolean | undefined> {
  const { isOpenToAnybody } = await import('./connect.js');
  return await isOpenToAnybody(url);
}
