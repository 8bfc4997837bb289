import type { ReadModels } from '#domain/ports/read-models.js';
import type { MongoReadModelsOptions, RebuildOptions } from './mongodb/index.js';

/** Read models in MongoDB. Its client is loaded only now: who keeps them in SQLite never loads it. */
export async function openMongoReadModels(options: MongoReadModelsOptions): Promise<ReadModels> {
  const { openMongoReadModels: open } = await import('./mongodb/index.js');
  return open(options);
}

/** Asks for a rebuild of one model in MongoDB, and waits for it. */
export async function rebuildInMongo(options: RebuildOptions): Promise<boolean> {
  const { rebuildInMongo: rebuild } = await import('./mongodb/index.js');
  return await rebuild(options);
}
