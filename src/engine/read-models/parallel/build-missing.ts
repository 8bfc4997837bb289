import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Projection } from '#projections/projection.js';
import { indexNames } from '../model-fold.js';
import type { ModelStorage } from '../storage.js';
import { survey } from '../survey.js';
import type { BuilderStart } from './run-builder.js';
import { shareOut } from './shares.js';

/** A shorter log is folded faster than a thread starts. */
const WORTH_A_THREAD = 20_000;

export interface BuildMissingOptions {
  readonly store: EventStore;
  /** The storage of the read models in `directory`. */
  readonly storage: ModelStorage;
  readonly projections: readonly Projection[];
  /** Entry module of a builder thread: it calls `runBuilder` with the same projections. */
  readonly builder: URL;
  readonly directory: string;
  readonly eventsDirectory?: string;
  readonly signal?: AbortSignal;
  /** Minimum number of events for builder threads; fewer are left to the engine. */
  readonly worthwhile?: number;
}

/**
 * Builds missing models on all cores: each thread folds the whole log into some of them. The results are unfinished generations at the end of the
 * log, which an engine completes and promotes. It also takes over what a thread failed to do, and reports why.
 */
export async function buildMissing(options: BuildMissingOptions): Promise<void> {
  const {
    store,
    storage,
    projections,
    builder,
    directory,
    eventsDirectory = directory,
    signal,
    worthwhile = WORTH_A_THREAD,
  } = options;
  const missing = (await survey(store, storage, projections)).filter(({ live }) => live === undefined);
  if (missing.length < 2 || ((await store.head()) ?? 0n) < BigInt(worthwhile)) return;
  for (const { projection, unfinished } of missing) {
    if (unfinished === undefined)
      await storage.create(projection.name, projection.version, indexNames(projection));
  }
  const threads = shareOut(
    missing.map(({ projection }) => projection),
    availableParallelism(),
  );
  await Promise.all(
    threads.map((models) => startBuilder(builder, { models, directory, eventsDirectory }, signal)),
  );
}

async function startBuilder(entry: URL, start: BuilderStart, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return;
  const worker = new Worker(entry, {
    name: 'read-model-builder',
    execArgv: process.execArgv.filter((argument) => argument === '--enable-source-maps'),
    // A batch holds many documents for a short time: with a small nursery they would all be copied into the old space.
    resourceLimits: { maxYoungGenerationSizeMb: 96 },
    workerData: start,
  });
  const stop = (): void => {
    worker.postMessage('stop');
  };
  signal?.addEventListener('abort', stop);
  // Any failure happens again in the engine, which reports it. `once` of node:events would throw it here, while other threads still write.
  worker.on('error', () => undefined);
  await new Promise((resolve) => worker.once('exit', resolve));
  signal?.removeEventListener('abort', stop);
}
