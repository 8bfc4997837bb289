import type { StopSignal } from '#domain/ports/signal.js';
import type { Head } from './mongodb/schema.js';
import { openSqliteStorage, openStorageSnapshot } from './sqlite/open-storage.js';
import type { ModelStorage, ModelView } from './storage.js';

/** Where the read models are kept. Structured-cloneable. */
export type ModelsPlace =
  /** In a file of the data directory, filled and read by one process. */
  | { readonly kind: 'sqlite'; readonly directory: string }
  /** In a MongoDB, shared between servers. */
  | {
      readonly kind: 'mongodb';
      readonly url: string;
      /** Who fills them, the same after a restart: what was killed is followed at once then. */
      readonly owner?: string;
    };

export interface OpenStorageOptions {
  /** What is there is damaged and goes first. */
  readonly discard?: boolean;
  /** Ends the wait for another server's projector. */
  readonly signal?: StopSignal;
  /** Told of what it does meanwhile. */
  readonly onStandby?: (head: Head) => Promise<void>;
  /** Told when another one has taken over. */
  readonly onLost?: () => void;
}

/** The storage that an engine writes to, once no other one does; undefined when the signal aborts before. What is not used, here and below, is not even loaded. */
export async function openModelStorage(place: ModelsPlace, options: OpenStorageOptions = {}): Promise<ModelStorage | undefined> {
  switch (place.kind) {
    case 'sqlite':
      return await Promise.resolve(openSqliteStorage(place.directory, options.discard === true ? { discard: true } : {}));
    case 'mongodb': {
      const { openMongoStorage } = await import('./mongodb/open.js');
      const storage = await openMongoStorage({ url: place.url, ...(place.owner !== undefined && { owner: place.owner }), ...options });
      if (options.discard === true) for (const { generation } of (await storage?.generations()) ?? []) await storage?.drop(generation);
      return storage;
    }
  }
}

/** The models while another fills them. `moves`: what is read is no snapshot, but as it is at that moment. */
export async function openModelView(place: ModelsPlace): Promise<{ readonly view: ModelView; readonly moves: boolean }> {
  switch (place.kind) {
    case 'sqlite':
      return { view: openStorageSnapshot(place.directory), moves: false };
    case 'mongodb': {
      const { openMongoView } = await import('./mongodb/open.js');
      return { view: openMongoView(place.url), moves: true };
    }
  }
}
