import { isMusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { decodePage } from './decoding.js';
import type { ModelFold } from './model-fold.js';
import type { GenerationCommit, ModelStorage } from './storage.js';

/** Milliseconds between two attempts while the disk is full. */
const FULL_PAUSE_MS = 500;

export interface DiskFullWait {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly signal: StopSignal;
}

export class Batch {
  readonly #storeId: string;
  readonly #storage: ModelStorage;
  readonly #folds: ModelFold[];
  #needed: ReadonlySet<string>;

  constructor(store: Pick<EventStore, 'id'>, storage: ModelStorage, folds: readonly ModelFold[]) {
    this.#storeId = store.id;
    this.#storage = storage;
    this.#folds = [...folds];
    this.#needed = neededBy(folds);
  }

  get folds(): readonly ModelFold[] {
    return this.#folds;
  }

  /** The position that every generation has reached; undefined if one has folded nothing. */
  get position(): bigint | undefined {
    return least(this.#folds.map(({ position }) => position));
  }

  get committed(): bigint | undefined {
    return least(this.#folds.map(({ committedPosition }) => committedPosition));
  }

  get pending(): number {
    return this.#folds.reduce((sum, fold) => sum + fold.pending, 0);
  }

  put(fold: ModelFold): void {
    const at = this.#folds.findIndex((each) => each.projection.name === fold.projection.name);
    if (at < 0) this.#folds.push(fold);
    else this.#folds[at] = fold;
    this.#needed = neededBy(this.#folds);
  }

  /** Folds a page into every generation, in memory. On an event that is not understood it throws, after folding everything before it. */
  async fold(page: readonly RecordedEvent[]): Promise<void> {
    const { events, understood, problem } = decodePage(page, this.#needed);
    const part = understood === page.length ? page : page.slice(0, understood);
    for (const fold of this.#folds) await fold.fold(this.#storeId, part, events);
    if (understood < page.length) throw problem;
  }

  /**
   * Writes the changes of all generations at once, and returns the models with changed documents. With a `patience` it waits while the disk is full;
   * reads continue meanwhile.
   */
  async commit(patience?: DiskFullWait): Promise<readonly string[]> {
    const folds = this.#folds.filter((fold) => !fold.isFlushed);
    if (folds.length === 0) return [];
    const commits = folds.map((fold) => fold.flush());
    for (let written = false; !written;) {
      try {
        await this.#storage.commit(commits);
        written = true;
      } catch (error) {
        if (patience === undefined || patience.signal.aborted || !isMusterError(error, 'MUSTER_E_STORE_FULL'))
          throw error;
        await patience.clock.sleep(FULL_PAUSE_MS, patience.signal);
      }
    }
    folds.forEach((fold, index) => fold.committed(commits[index]!));
    return commits.filter(changesDocuments).map(({ model }) => model);
  }
}

function changesDocuments({ clearedAt, removed, rows, parked, unparked }: GenerationCommit): boolean {
  return clearedAt !== undefined || [removed, rows, parked, unparked].some(({ length }) => length > 0);
}

/** Undefined if one of them is, or the list is empty. */
function least(positions: readonly (bigint | undefined)[]): bigint | undefined {
  return positions.reduce(
    (a, b) => (a === undefined || b === undefined ? undefined : a < b ? a : b),
    positions[0],
  );
}

function neededBy(folds: readonly ModelFold[]): ReadonlySet<string> {
  return new Set(['ClusterCleared', ...folds.flatMap((fold) => fold.projection.events)]);
}
