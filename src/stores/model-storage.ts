import { systemClock } from '#agents/platform/clock/system-clock.js';
import {
  openSqliteStorage,
  openStorageSnapshot,
  type ModelsPlace,
  type ModelStorage,
  type OpenedView,
  type StorageOptions,
} from '#src/engine/read-models/index.js';

/** Opens the storage for an engine once no other engine uses it. Undefined if the signal aborts first. Loads the MongoDB modules only if needed. */
export async function openModelStorage(
  place: ModelsPlace,
  options: StorageOptions,
): Promise<ModelStorage | undefined> {
  const { discard = false, store, projections, onStandby, signal, onLost } = options;
  switch (place.kind) {
    case 'sqlite':
      return await Promise.resolve(
        openSqliteStorage(place.directory, {
          discard,
          ...(place.history !== undefined && { history: place.history }),
        }),
      );
    case 'mongodb': {
      const [{ openMongoStorage }, { Standby }] = await Promise.all([
        import('./mongodb/open.js'),
        import('./mongodb/standby.js'),
      ]);
      const standby = new Standby(store, systemClock, projections);
      const storage = await openMongoStorage({
        url: place.url,
        ...(place.owner !== undefined && { owner: place.owner }),
        ...(onStandby && { onStandby: async (head) => onStandby(await standby.watch(head)) }),
        signal,
        onLost,
      });
      if (discard)
        for (const { generation } of (await storage?.generations()) ?? []) await storage?.drop(generation);
      return storage;
    }
  }
}

/** Opens the models for reading while a different process fills them. */
export async function openModelView(place: ModelsPlace): Promise<OpenedView> {
  switch (place.kind) {
    case 'sqlite':
      return { view: openStorageSnapshot(place.directory), moves: false };
    case 'mongodb': {
      const { openMongoView } = await import('./mongodb/open.js');
      return { view: openMongoView(place.url), moves: true };
    }
  }
}
