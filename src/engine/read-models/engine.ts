import pLimit from 'p-limit';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { ChangedModels } from '#domain/kernel/ports/read-models.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import type { Projection } from '#domain/kernel/projection.js';
import { catchUp } from './catch-up.js';
import { BatchingDelay } from './batching-delay.js';
import { Batch, type DiskFullWait } from './batch.js';
import { LogIndex } from './history/log-index.js';
import { indexNames, ModelFold } from './model-fold.js';
import type { Models } from './models.js';
import type { ModelStorage } from './storage.js';
import { survey } from './survey.js';

/** Maximum number of pending documents while a rebuild shares its thread with live models. */
const SHARED_PENDING_DOCUMENTS = 2_000;

export interface Progress {
  readonly position: bigint;
  readonly created: number;
  readonly caughtUp: boolean;
  readonly parked: Readonly<Record<string, number>>;
  readonly building: Readonly<Record<string, bigint>>;
}

interface Construction {
  fold: ModelFold | undefined;
  readonly done: Promise<void>;
}

export interface EngineOptions extends Models {
  readonly store: EventStore;
  readonly storage: ModelStorage;
  /** If set, an engine that follows the log waits while the disk is full, and batches events under load. If not set, it does neither. */
  readonly clock?: Pick<Clock, 'sleep'>;
  readonly onProgress?: (progress: Progress, changed: ChangedModels) => void;
  /** Wraps the work on each batch of new events, for example in a span. */
  readonly traced?: TracedBatches;
}

type FoldBatch = (events: readonly RecordedEvent[]) => Promise<void>;
type TracedBatches = (fold: FoldBatch) => FoldBatch;

/**
 * Keeps the read models up to date. A model is rebuilt if its checkpoint does not match the log, or if its projection has a different version. A
 * rebuild fills a second generation while the first one is updated and served, and then replaces it in one step. A killed rebuild continues from its
 * own checkpoint.
 */
export class ReadModelEngine {
  readonly #store: EventStore;
  readonly #storage: ModelStorage;
  readonly #models: Models;
  readonly #onProgress: (progress: Progress, changed: ChangedModels) => void;
  readonly #traced: TracedBatches;
  readonly #live: Batch;
  readonly #building = new Map<string, Construction>();
  /** Held while live models change, so that a generation is only replaced between two batches. */
  readonly #turn = pLimit(1);
  #created = 0;
  #caughtUp = false;
  #isIndexing = false;
  /** Changes that have not been reported yet. `any` until the first report, because changes before startup are unknown. */
  #changed: Set<string> | 'any' = 'any';
  readonly #clock: Pick<Clock, 'sleep'> | undefined;
  readonly #gathering: BatchingDelay | undefined;
  #signal: StopSignal | undefined;

  constructor(options: EngineOptions) {
    this.#store = options.store;
    this.#storage = options.storage;
    this.#models = options;
    this.#clock = options.clock;
    this.#gathering = options.clock && new BatchingDelay(options.clock);
    this.#onProgress = options.onProgress ?? (() => undefined);
    this.#traced = options.traced ?? ((fold) => fold);
    this.#live = this.#batch([]);
  }

  get progress(): Progress {
    const whole = this.#live.folds.length === this.#models.projections.length;
    return {
      position: (whole ? this.#live.committed : undefined) ?? -1n,
      created: this.#created,
      caughtUp: this.#caughtUp && whole,
      parked: Object.fromEntries(this.#live.folds.map((fold) => [fold.projection.name, fold.parkedCount])),
      building: Object.fromEntries(
        [...this.#building].map(([model, { fold }]) => [model, fold?.committedPosition ?? -1n]),
      ),
    };
  }

  #batch(folds: readonly ModelFold[]): Batch {
    return new Batch({ store: this.#store, storage: this.#storage, catalog: this.#models.catalog, folds });
  }

  async run(signal?: StopSignal): Promise<void> {
    this.#signal = signal;
    const begun = await this.#open();
    const names = begun.map((fold) => fold.projection.name);
    const builds = begun.length === 0 ? Promise.resolve() : this.#build(names, () => Promise.resolve(begun));
    // A failed build ends the run, but must not be reported as an unhandled rejection before it is awaited.
    builds.catch(() => undefined);
    if (this.#live.folds.length === 0) await builds;
    const indexed = builds.then(() => this.#completeIndex());
    indexed.catch(() => undefined);
    if (signal === undefined) {
      await indexed;
      await this.#turn(() => catchUp(this.#store, this.#live));
      this.#caughtUp = true;
      this.#tell();
      return;
    }
    await Promise.all([indexed, this.#follow(signal)]);
    await Promise.all([...this.#building.values()].map(({ done }) => done));
  }

  /** Must be called when a reader is waiting for this position. No page is delayed until the position is reached. */
  want(position: bigint): void {
    this.#gathering?.want(position);
  }

  async rebuild(model: string): Promise<void> {
    const projection = this.#models.projections.find((each) => each.name === model);
    if (projection === undefined) throw new MusterError('MUSTER_E_READ_MODEL_UNKNOWN', { model });
    const under = this.#building.get(model);
    if (under !== undefined) return under.done;
    return this.#build([model], async () => {
      for (const state of await this.#storage.generations()) {
        if (state.model === model && !state.live) await this.#storage.drop(state.generation);
      }
      return [await this.#begin(projection)];
    });
  }

  /** Opens the folds of all live generations that match this log and program. Returns the folds that must be built first. */
  async #open(): Promise<readonly ModelFold[]> {
    const begun: ModelFold[] = [];
    const surveyed = await survey(this.#store, this.#storage, this.#models.projections);
    if (!surveyed.some(({ live, unfinished }) => live?.history === true || unfinished !== undefined))
      await this.#storage.forgetIndex();
    for (const { projection, live, unfinished } of surveyed) {
      if (live !== undefined) this.#live.put(await ModelFold.open(this.#storage, projection, live));
      if (unfinished !== undefined) begun.push(await ModelFold.open(this.#storage, projection, unfinished));
      else if (live === undefined || (this.#storage.keepsHistory && !live.history))
        begun.push(await this.#begin(projection));
    }
    if (this.#storage.keepsHistory) await this.#openIndex();
    return begun;
  }

  /** Continues the index of the log if the index has reached the live models. Otherwise, the index is completed later. */
  async #openIndex(): Promise<void> {
    const [newest, live] = [await this.#storage.indexedTo(), this.#live.position];
    if (newest === undefined || live === undefined || newest < live) return;
    this.#live.index = new LogIndex(this.#models, newest);
    this.#isIndexing = true;
  }

  /** The index must not have gaps, so it is filled from the beginning of the log or from its own end. */
  async #startIndex(lane: Batch): Promise<void> {
    if (!this.#storage.keepsHistory || this.#isIndexing) return;
    const [newest, from] = [await this.#storage.indexedTo(), lane.position];
    if (from !== undefined && (newest === undefined || newest < from)) return;
    lane.index = new LogIndex(this.#models, newest);
    this.#isIndexing = true;
  }

  /** Indexes the events that were folded without an index, for example by a multi-threaded build. */
  async #completeIndex(): Promise<void> {
    if (!this.#storage.keepsHistory || this.#isIndexing) return;
    this.#isIndexing = true;
    const lane = this.#batch([]);
    lane.index = new LogIndex(this.#models, await this.#storage.indexedTo());
    const options = { pending: SHARED_PENDING_DOCUMENTS, patience: this.#patience };
    const signal = this.#signal;
    await catchUp(this.#store, lane, { ...options, ...(signal === undefined ? {} : { signal }) });
    await this.#turn(async () => {
      if (signal?.aborted === true) return;
      // The live models have advanced in the meantime, and continue the index from here.
      const until = this.#live.position;
      if (until !== undefined) await catchUp(this.#store, lane, { ...options, until });
      this.#live.index = lane.index;
    });
  }

  async #begin(projection: Projection): Promise<ModelFold> {
    const state = await this.#storage.create(projection.name, projection.version, indexNames(projection));
    return ModelFold.open(this.#storage, projection, state);
  }

  #build(models: readonly string[], begin: () => Promise<readonly ModelFold[]>): Promise<void> {
    const constructions = new Map<string, Construction>();
    const work = async (): Promise<void> => {
      const folds = await this.#turn(begin);
      for (const fold of folds) {
        const construction = constructions.get(fold.projection.name);
        if (construction !== undefined) construction.fold = fold;
      }
      await this.#buildAndPromote(folds);
    };
    const done = work().finally(() => {
      for (const model of models) this.#building.delete(model);
    });
    for (const model of models) constructions.set(model, { fold: undefined, done });
    for (const [model, construction] of constructions) this.#building.set(model, construction);
    return done;
  }

  async #buildAndPromote(folds: readonly ModelFold[]): Promise<void> {
    const lane = this.#batch(folds);
    await this.#startIndex(lane);
    const alone = this.#live.folds.length === 0;
    const signal = this.#signal;
    await catchUp(this.#store, lane, {
      ...(alone ? {} : { pending: SHARED_PENDING_DOCUMENTS }),
      ...(signal === undefined ? {} : { signal }),
      patience: this.#patience,
      onCommit: () => this.#tell(),
    });
    if (signal?.aborted === true) return;
    await this.#turn(async () => {
      // The live models have advanced in the meantime. A generation behind them would miss events that they have already folded.
      const until = this.#live.position;
      if (until !== undefined) await catchUp(this.#store, lane, { until, patience: this.#patience });
      for (const fold of folds) {
        await this.#storage.promote(fold.generation);
        this.#live.put(fold);
      }
      this.#live.index ??= lane.index;
    });
    this.#storage.checkpoint?.();
    for (const fold of folds) this.#building.delete(fold.projection.name);
    this.#changed = 'any';
    this.#tell();
  }

  async #follow(signal: StopSignal): Promise<void> {
    const after = this.#live.position;
    const apply = this.#traced((events) => this.#apply(events));
    for await (const message of this.#store.subscribe({
      signal,
      ...(after === undefined ? {} : { after }),
    })) {
      if (message.kind === 'events') {
        await this.#turn(() => apply(message.events));
        if (message.more === false && this.#caughtUp)
          await this.#gathering?.wait(message.events.length, message.events.at(-1)!.position, signal);
      } else if (message.kind === 'caughtUp' && !this.#caughtUp) {
        this.#caughtUp = true;
        this.#tell();
      }
    }
  }

  async #apply(page: readonly RecordedEvent[]): Promise<void> {
    try {
      await this.#live.fold(page);
    } catch (error) {
      if (isMusterError(error, 'MUSTER_E_EVENT_UNKNOWN')) await this.#live.commit(this.#patience);
      throw error;
    }
    const changed = await this.#live.commit(this.#patience);
    if (this.#changed !== 'any') for (const model of changed) this.#changed.add(model);
    this.#created = page.at(-1)?.created ?? this.#created;
    this.#tell();
  }

  get #patience(): DiskFullWait | undefined {
    return this.#clock === undefined || this.#signal === undefined
      ? undefined
      : { clock: this.#clock, signal: this.#signal };
  }

  #tell(): void {
    this.#onProgress(this.progress, this.#changed);
    this.#changed = new Set();
  }
}
