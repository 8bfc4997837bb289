import { MusterError } from '#domain/errors/index.js';
import type { Clock } from '#domain/ports/clock.js';
import type { EventStore } from '#domain/ports/event-store.js';
import type { StopSignal } from '#domain/ports/signal.js';
import { PROJECTIONS } from '#projections/index.js';
import { ReadModelEngine } from './engine.js';
import { buildMissing } from './parallel/build-missing.js';
import { openSqliteStorage, openStorageBeside } from './sqlite/open-storage.js';

/** How often is looked whether the server has done it, in milliseconds. */
const LOOK_MS = 100;

/** Names of the models that can be rebuilt. */
export const MODEL_NAMES: readonly string[] = PROJECTIONS.map((each) => each.name);

/** Builds models anew in a data directory that no server is using: the caller holds its lock. */
export async function rebuildReadModels(options: { readonly eventStore: EventStore; readonly directory: string; readonly models?: readonly string[] }): Promise<void> {
  const { eventStore: store, directory, models = MODEL_NAMES } = options;
  models.forEach(mustExist);
  const storage = openSqliteStorage(directory);
  try {
    await buildMissing({ store, storage, directory });
    const engine = new ReadModelEngine({ store, storage, projections: PROJECTIONS });
    await engine.run();
    for (const model of models) await engine.rebuild(model);
  } finally {
    await storage.close();
  }
}

/** Asks the server that uses the data directory to build a model anew, and resolves when it has, or false when the signal aborts before. */
export async function requestRebuild(options: {
  readonly directory: string;
  readonly model: string;
  readonly clock: Clock;
  readonly signal?: StopSignal;
}): Promise<boolean> {
  const { directory, model, clock, signal } = options;
  mustExist(model);
  const storage = openStorageBeside(directory);
  try {
    await storage.request(model);
    while ((await storage.requests()).includes(model)) {
      if (signal?.aborted === true) return false;
      await clock.sleep(LOOK_MS, signal);
    }
    return true;
  } finally {
    await storage.close();
  }
}

function mustExist(model: string): void {
  if (!MODEL_NAMES.includes(model)) throw new MusterError('MUSTER_E_READ_MODEL_UNKNOWN', { model });
}
