import type { Catalog } from '#domain/kernel/catalog/index.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventDefinition, EventTable } from '#domain/kernel/event/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { decodePage } from './decoding.js';
import type { LogIndex } from './history/log-index.js';
import type { ModelFold } from './model-fold.js';
import { changesDocuments, type ModelStorage } from './storage.js';

/** Interval between attempts while the disk is full, in milliseconds. */
const FULL_PAUSE_MS = 500;
const ENTRIES_PER_DOCUMENT = 8;

export interface DiskFullWait {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly signal: StopSignal;
}

export interface BatchParts {
  readonly store: Pick<EventStore, 'id'>;
  readonly storage: ModelStorage;
  readonly catalog: Catalog;
  readonly folds: readonly ModelFold[];
}

/** Folds a part of the log into generations, an index, or both. */
export class Batch {
  readonly #storeId: string;
  readonly #catalog: Catalog;
  readonly #storage: ModelStorage;
  readonly #folds: ModelFold[];
  #needed: EventTable;
  /** Indexes the folded events. At most one batch has an index. */
  index: LogIndex | undefined;

  constructor({ store, storage, catalog, folds }: BatchParts) {
    this.#storeId = store.id;
    this.#catalog = catalog;
    this.#storage = storage;
    this.#folds = [...folds];
    this.#needed = this.#neededBy(folds);
  }

  get folds(): readonly ModelFold[] {
    return this.#folds;
  }

  get position(): bigint | undefined {
    return this.#folds.length === 0 ? this.index?.newest : least(this.#folds.map(({ position }) => position));
  }

  get committed(): bigint | undefined {
    return least(this.#folds.map(({ committedPosition }) => committedPosition));
  }

  get pending(): number {
    const entries = (this.index?.size ?? 0) / ENTRIES_PER_DOCUMENT;
    return this.#folds.reduce((sum, fold) => sum + fold.pending, entries);
  }

  put(fold: ModelFold): void {
    const at = this.#folds.findIndex((each) => each.projection.name === fold.projection.name);
    if (at < 0) this.#folds.push(fold);
    else this.#folds[at] = fold;
    this.#needed = this.#neededBy(this.#folds);
  }

  /** Folds a page into every generation, in memory. If an event is not understood, folds everything before it and then throws. */
  async fold(page: readonly RecordedEvent[]): Promise<void> {
    const { events, understood, problem } = decodePage(this.#catalog, page, this.#needed);
    const part = understood === page.length ? page : page.slice(0, understood);
    this.index?.add(part);
    for (const fold of this.#folds) await fold.fold(this.#storeId, part, events);
    if (understood < page.length) throw problem;
  }

  /** Commits the changes of all generations at once. Returns the models whose documents changed. With `patience`, waits while the disk is full. */
  async commit(patience?: DiskFullWait): Promise<readonly string[]> {
    const folds = this.#folds.filter((fold) => !fold.isFlushed);
    if (folds.length === 0 && (this.#folds.length > 0 || this.index === undefined)) return [];
    const commits = folds.map((fold) => fold.flush());
    const index = this.index?.changes;
    for (let written = false; !written;) {
      try {
        await this.#storage.commit(commits, index);
        written = true;
      } catch (error) {
        if (patience === undefined || patience.signal.aborted || !isMusterError(error, 'MUSTER_E_STORE_FULL'))
          throw error;
        await patience.clock.sleep(FULL_PAUSE_MS, patience.signal);
      }
    }
    folds.forEach((fold, index) => fold.committed(commits[index]!));
    this.index?.committed();
    return commits.filter(changesDocuments).map(({ model }) => model);
  }

  #neededBy(folds: readonly ModelFold[]): EventTable {
    const needed: Record<string, EventDefinition> = {};
    for (const type of ['ClusterCleared', ...folds.flatMap((fold) => fold.projection.events)]) {
      const definition = this.#catalog.definitionOf(type);
      if (definition !== undefined) needed[type] = definition;
    }
    return needed;
  }
}

function least(positions: readonly (bigint | undefined)[]): bigint | undefined {
  return positions.reduce(
    (a, b) => (a === undefined || b === undefined ? undefined : a < b ? a : b),
    positions[0],
  );
}
