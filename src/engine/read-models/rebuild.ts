import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import type { Projection } from '#domain/kernel/projection.js';
import type { Models } from './models.js';
import { ReadModelEngine } from './engine.js';
import { buildMissing } from './parallel/build-missing.js';
import { openSqliteStorage, openSecondStorage } from './sqlite/open-storage.js';

const POLL_MS = 100;

export interface RebuildOptions extends Models {
  readonly eventStore: EventStore;
  readonly directory: string;
  readonly builder: URL;
  readonly models?: readonly string[];
}

/** Rebuilds models in a data directory that is not in use by a server. The caller must hold the directory's lock. */
export async function rebuildReadModels(options: RebuildOptions): Promise<void> {
  const {
    eventStore: store,
    directory,
    projections,
    builder,
    models = projections.map(({ name }) => name),
  } = options;
  for (const model of models) mustExist(model, projections);
  const storage = openSqliteStorage(directory);
  try {
    await buildMissing({ store, storage, projections, builder, directory });
    const engine = new ReadModelEngine({ ...options, store, storage });
    await engine.run();
    for (const model of models) await engine.rebuild(model);
  } finally {
    await storage.close();
  }
}

/** Requests a rebuild from the server that uses the data directory. Resolves to true when it is done, or to false if the signal aborts first. */
export async function requestRebuild(options: {
  readonly directory: string;
  readonly projections: readonly Projection[];
  readonly model: string;
  readonly clock: Clock;
  readonly signal?: StopSignal;
}): Promise<boolean> {
  const { directory, projections, model, clock, signal } = options;
  mustExist(model, projections);
  const storage = openSecondStorage(directory);
  try {
    await storage.request(model);
    while ((await storage.requests()).includes(model)) {
      if (signal?.aborted === true) return false;
      await clock.sleep(POLL_MS, signal);
    }
    return true;
  } finally {
    await storage.close();
  }
}

function mustExist(model: string, projections: readonly Projection[]): void {
  if (!projections.some(({ name }) => name === model))
    throw new MusterError('MUSTER_E_READ_MODEL_UNKNOWN', { model });
}
