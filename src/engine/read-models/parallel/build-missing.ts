import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Projection } from '#domain/kernel/projection.js';
import { indexNames } from '../model-fold.js';
import type { ModelStorage } from '../storage.js';
import { survey } from '../survey.js';
import type { BuilderStart } from './run-builder.js';
import { shareOut } from './shares.js';

/** Minimum number of events. A shorter log is folded in less time than a thread takes to start. */
const WORTH_A_THREAD = 20_000;

export interface BuildMissingOptions {
  readonly store: EventStore;
  readonly storage: ModelStorage;
  readonly projections: readonly Projection[];
  readonly builder: URL;
  readonly directory: string;
  readonly eventsDirectory?: string;
  readonly signal?: AbortSignal;
  readonly worthwhile?: number;
}

/**
 * Builds missing models on all cores: each thread folds the whole log into some of the models. The results are unfinished generations at the end of
 * the log, which an engine completes and promotes. If a thread fails, the engine does that thread's work, too, and reports the error.
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
    // A batch holds many documents for a short time. If the young generation were small, they would all be copied into the old one.
    resourceLimits: { maxYoungGenerationSizeMb: 96 },
    workerData: start,
  });
  const stop = (): void => {
    worker.postMessage('stop');
  };
  signal?.addEventListener('abort', stop);
  // Any failure recurs in the engine, which reports it. `once` from node:events would throw it here while other threads are still writing.
  worker.on('error', () => undefined);
  await new Promise((resolve) => worker.once('exit', resolve));
  signal?.removeEventListener('abort', stop);
}
