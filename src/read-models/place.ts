import { MusterError } from '#domain/errors/index.js';
import type { ModelStorage } from './storage.js';
import { openSqliteStorage } from './sqlite/open-storage.js';

/** Where the read models are kept. Structured-cloneable. */
export type ModelsPlace =
  /** In a file of the data directory, filled and read by one process. */
  | { readonly kind: 'sqlite'; readonly directory: string }
  /** In a MongoDB, shared between servers. */
  | { readonly kind: 'mongodb'; readonly url: string };

/** The storage that an engine writes to. `discard`: what is there is damaged and goes first. */
export async function openModelStorage(place: ModelsPlace, options: { readonly discard?: boolean } = {}): Promise<ModelStorage> {
  switch (place.kind) {
    case 'sqlite':
      return await Promise.resolve(openSqliteStorage(place.directory, options));
    case 'mongodb':
      throw new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', { model: 'all', problem: 'this version of Muster has no adapter for MongoDB yet: unset MUSTER_MONGODB_URL' });
  }
}
