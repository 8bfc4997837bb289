import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { MongoReadModelsOptions, RebuildOptions } from './mongodb/index.js';

export async function openMongoReadModels(options: MongoReadModelsOptions): Promise<ReadModels> {
  const { openMongoReadModels: open } = await import('./mongodb/index.js');
  return open(options);
}

export async function rebuildInMongo(options: RebuildOptions): Promise<boolean> {
  const { rebuildInMongo: rebuild } = await import('./mongodb/index.js');
  return await rebuild(options);
}
