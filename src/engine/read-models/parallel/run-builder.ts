import { parentPort, workerData } from 'node:worker_threads';
import type { Models } from '../models.js';
import { openEventStoreReadOnly } from '#src/engine/event-store/index.js';
import { catchUp } from '../catch-up.js';
import { Batch } from '../batch.js';
import { ModelFold } from '../model-fold.js';
import { openSecondStorage } from '../sqlite/open-storage.js';

export interface BuilderStart {
  readonly models: readonly string[];
  readonly directory: string;
  readonly eventsDirectory: string;
}

/** Runs a builder thread: folds the whole log into its models, creates their indexes, and exits. */
export async function runBuilder({ catalog, projections }: Models): Promise<void> {
  const { models, directory, eventsDirectory } = workerData as BuilderStart;
  const stop = new AbortController();
  parentPort!.once('message', () => {
    stop.abort();
  });
  parentPort!.unref();

  const store = openEventStoreReadOnly(eventsDirectory);
  const storage = openSecondStorage(directory);
  const missing = projections.filter(({ name }) => models.includes(name));
  try {
    const folds: ModelFold[] = [];
    for (const state of await storage.generations()) {
      // A missing model has only this generation: other generations did not match and were dropped.
      const projection = missing.find(({ name }) => name === state.model);
      if (projection !== undefined) folds.push(await ModelFold.open(storage, projection, state));
    }
    await catchUp(store, new Batch({ store, storage, catalog, folds }), { signal: stop.signal });
    if (stop.signal.aborted) return;
    for (const { generation } of folds) storage.index(generation);
    // This is done now, while other threads are still building, and not later, when the engine promotes the models.
    storage.checkpoint();
  } finally {
    await storage.close();
    await store.close();
  }
}
