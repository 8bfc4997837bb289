import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { MongoReadModelsOptions, RebuildOptions } from './mongodb/index.js';

/** Read models in MongoDB. The client is loaded on demand, so that servers with SQLite never load it. */
export async function openMongoReadModels(options: MongoReadModelsOptions): Promise<ReadModels> {
  const { openMongoReadModels: open } = await import('./mongodb/index.js');
  return open(options);
}

export async function rebuildInMongo(options: RebuildOptions): Promise<boolean> {
  const { rebuildInMongo: rebuild } = await import('./mongodb/index.js');
  return await rebuild(options);
}
