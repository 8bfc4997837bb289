import type { StopSignal } from '#domain/kernel/ports/signal.js';
import type { Head } from './mongodb/schema.js';
import { openSqliteStorage, openStorageSnapshot } from './sqlite/open-storage.js';
import type { ModelStorage, ModelView } from './storage.js';

export type ModelsPlace =
  /** In a file of the data directory, filled and read by one process. */
  | { readonly kind: 'sqlite'; readonly directory: string }
  | {
      readonly kind: 'mongodb';
      readonly url: string;
      /** Id of the projector that is stable over restarts, so that a killed one is succeeded at once. */
      readonly owner?: string;
    };

export interface OpenStorageOptions {
  readonly discard?: boolean;
  readonly signal?: StopSignal;
  readonly onStandby?: (head: Head) => Promise<void>;
  readonly onLost?: () => void;
}

/** The storage for an engine, once no other engine uses it; undefined when the signal aborts before. Modules of unused stores are not loaded. */
export async function openModelStorage(
  place: ModelsPlace,
  options: OpenStorageOptions = {},
): Promise<ModelStorage | undefined> {
  switch (place.kind) {
    case 'sqlite':
      return await Promise.resolve(
        openSqliteStorage(place.directory, options.discard === true ? { discard: true } : {}),
      );
    case 'mongodb': {
      const { openMongoStorage } = await import('./mongodb/open.js');
      const storage = await openMongoStorage({
        url: place.url,
        ...(place.owner !== undefined && { owner: place.owner }),
        ...options,
      });
      if (options.discard === true)
        for (const { generation } of (await storage?.generations()) ?? []) await storage?.drop(generation);
      return storage;
    }
  }
}

/** The models while another process fills them. `moves`: reads see the present state, not a snapshot. */
export async function openModelView(
  place: ModelsPlace,
): Promise<{ readonly view: ModelView; readonly moves: boolean }> {
  switch (place.kind) {
    case 'sqlite':
      return { view: openStorageSnapshot(place.directory), moves: false };
    case 'mongodb': {
      const { openMongoView } = await import('./mongodb/open.js');
      return { view: openMongoView(place.url), moves: true };
    }
  }
}
