import type { StopSignal } from '#domain/kernel/ports/signal.js';
import type { Head } from './mongodb/schema.js';
import { openSqliteStorage, openStorageSnapshot } from './sqlite/open-storage.js';
import type { ModelStorage, ModelView } from './storage.js';

export type ModelsPlace =
  | {
      readonly kind: 'sqlite';
      readonly directory: string;
      /** Whether the models retain history. Default: the file's current setting, or true for an empty file. */
      readonly history?: boolean;
      readonly historyDays?: number;
    }
  | {
      readonly kind: 'mongodb';
      readonly url: string;
      /** Id of the projector that stays the same across restarts, so that the successor of a killed projector need not wait. */
      readonly owner?: string;
    };

export interface OpenStorageOptions {
  readonly discard?: boolean;
  readonly signal?: StopSignal;
  readonly onStandby?: (head: Head) => Promise<void>;
  readonly onLost?: () => void;
}

/** Opens the storage for an engine once no other engine uses it. Undefined if the signal aborts first. Loads the MongoDB modules only if needed. */
export async function openModelStorage(
  place: ModelsPlace,
  options: OpenStorageOptions = {},
): Promise<ModelStorage | undefined> {
  switch (place.kind) {
    case 'sqlite':
      return await Promise.resolve(
        openSqliteStorage(place.directory, {
          ...(options.discard === true && { discard: true }),
          ...(place.history !== undefined && { history: place.history }),
        }),
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

/** Opens the models for reading while a different process fills them. `moves` is true if reads return the current state instead of a snapshot. */
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
