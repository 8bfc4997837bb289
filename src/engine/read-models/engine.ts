import pLimit from 'p-limit';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import type { Projection } from '#projections/projection.js';
import { tracedBatches } from '#src/engine/tracing/index.js';
import { catchUp } from './catch-up.js';
import { BatchingDelay } from './batching-delay.js';
import { Batch, type DiskFullWait } from './batch.js';
import { indexNames, ModelFold } from './model-fold.js';
import type { ModelStorage } from './storage.js';
import { survey } from './survey.js';

/** Maximum number of pending documents while a rebuild shares its thread with live models. */
const SHARED_PENDING_DOCUMENTS = 2_000;

export interface Progress {
  /** Position up to which every live model was folded and stored; -1 if nothing was, or a model is missing. */
  readonly position: bigint;
  /** Write time of the newest folded event, in milliseconds since the epoch; 0 before the first. */
  readonly created: number;
  readonly caughtUp: boolean;
  readonly parked: Readonly<Record<string, number>>;
  readonly building: Readonly<Record<string, bigint>>;
}

export type ChangedModels = ReadonlySet<string> | 'any';

interface Construction {
  fold: ModelFold | undefined;
  readonly done: Promise<void>;
}

export interface EngineOptions {
  readonly store: EventStore;
  readonly storage: ModelStorage;
  readonly projections: readonly Projection[];
  /** With it, an engine that follows waits while the disk is full, and collects events under load; without, it stops, and does not wait. */
  readonly clock?: Pick<Clock, 'sleep'>;
  /** Called after each commit and each change of state, with the models that changed since the last call. */
  readonly onProgress?: (progress: Progress, changed: ChangedModels) => void;
}

/**
 * Keeps the read models up to date. A model whose checkpoint does not fit the log, or whose projection has another version, is rebuilt. A rebuild fills a
 * second generation while the first one is updated and served, and replaces it in one step. If killed at any moment, it continues from its own checkpoint.
 */
export class ReadModelEngine {
  readonly #store: EventStore;
  readonly #storage: ModelStorage;
  readonly #projections: readonly Projection[];
  readonly #onProgress: (progress: Progress, changed: ChangedModels) => void;
  readonly #live: Batch;
  readonly #building = new Map<string, Construction>();
  /** Held while live models change, so that a generation is replaced between two batches. */
  readonly #turn = pLimit(1);
  #created = 0;
  #caughtUp = false;
  /** Changes that were not reported yet. For changes before the start nothing is known. */
  #changed: Set<string> | 'any' = 'any';
  readonly #clock: Pick<Clock, 'sleep'> | undefined;
  readonly #gathering: BatchingDelay | undefined;
  #signal: StopSignal | undefined;

  constructor(options: EngineOptions) {
    this.#store = options.store;
    this.#storage = options.storage;
    this.#projections = options.projections;
    this.#clock = options.clock;
    this.#gathering = options.clock && new BatchingDelay(options.clock);
    this.#onProgress = options.onProgress ?? (() => undefined);
    this.#live = new Batch(options.store, options.storage, []);
  }

  get progress(): Progress {
    const whole = this.#live.folds.length === this.#projections.length;
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

  /**
   * Checks what is stored, builds what is missing, and with a `signal` follows the log until it aborts. Without one it resolves when every model has
   * reached the end of the log.
   */
  async run(signal?: StopSignal): Promise<void> {
    this.#signal = signal;
    const begun = await this.#open();
    const names = begun.map((fold) => fold.projection.name);
    const builds = begun.length === 0 ? Promise.resolve() : this.#build(names, () => Promise.resolve(begun));
    // A failed build ends the run; until it is awaited it must not count as unhandled.
    builds.catch(() => undefined);
    if (this.#live.folds.length === 0) await builds;
    if (signal === undefined) {
      await builds;
      await this.#turn(() => catchUp(this.#store, this.#live));
      this.#caughtUp = true;
      this.#tell();
      return;
    }
    await Promise.all([builds, this.#follow(signal)]);
    await Promise.all([...this.#building.values()].map(({ done }) => done));
  }

  /** A reader waits for this position: until it is reached, no time is spent on collecting events. */
  want(position: bigint): void {
    this.#gathering?.want(position);
  }

  async rebuild(model: string): Promise<void> {
    const projection = this.#projections.find((each) => each.name === model);
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

  /** Opens the folds of all live generations that fit this log and program; returns those that must be built first. */
  async #open(): Promise<readonly ModelFold[]> {
    const begun: ModelFold[] = [];
    for (const { projection, live, unfinished } of await survey(
      this.#store,
      this.#storage,
      this.#projections,
    )) {
      if (live !== undefined) this.#live.put(await ModelFold.open(this.#storage, projection, live));
      if (unfinished !== undefined) begun.push(await ModelFold.open(this.#storage, projection, unfinished));
      else if (live === undefined) begun.push(await this.#begin(projection));
    }
    return begun;
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
    const lane = new Batch(this.#store, this.#storage, folds);
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
      // The live models have advanced; a generation behind them would miss events that they have already folded.
      const until = this.#live.position;
      if (until !== undefined) await catchUp(this.#store, lane, { until, patience: this.#patience });
      for (const fold of folds) {
        await this.#storage.promote(fold.generation);
        this.#live.put(fold);
      }
    });
    for (const fold of folds) this.#building.delete(fold.projection.name);
    this.#changed = 'any';
    this.#tell();
  }

  async #follow(signal: StopSignal): Promise<void> {
    const after = this.#live.position;
    const apply = tracedBatches('projection batch', (events) => this.#apply(events));
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
