import type { Checkpoint } from '#src/engine/checkpoint.js';
import type { KeptFrom } from '#domain/kernel/ports/history.js';
import type { HistoryChanges, LogSample } from './history/changes.js';
import type { LogIndexChanges } from './history/log-index.js';

/** One set of documents of a model. Each model has one live generation, and possibly a second one under construction. */
export interface GenerationState {
  readonly generation: number;
  readonly model: string;
  readonly version: number;
  readonly live: boolean;
  readonly checkpoint: Checkpoint | undefined;
  /** Number of documents ever created in the generation. The n-th document gets sequence n, so a rebuild assigns the same numbers. */
  readonly sequence: number;
  /** Whether the generation can reconstruct its documents as of any position since it began. */
  readonly history: boolean;
}

export interface Row {
  readonly id: string;
  readonly sequence: number;
  readonly created: bigint;
  readonly applied: bigint;
  readonly json: string;
  readonly parked: boolean;
  readonly changesSinceFrame?: number;
}

/** Tombstone of a removed document, for storages that cannot remove it in one step with the checkpoint. */
export interface Gone {
  readonly id: string;
  readonly applied: bigint;
  readonly gone: true;
}

/** A row with its index values, in the order of the generation's indexes. The values of a list index (`[]`) are a JSON array. */
export interface IndexedRow extends Row {
  readonly indexes: readonly (string | null)[];
}

export interface ChangedRow extends IndexedRow {
  readonly fresh: boolean;
  readonly indexed: readonly (string | null)[] | undefined;
}

export interface Parked {
  readonly id: string;
  readonly eventId: string;
  readonly position: bigint;
  readonly type: string;
  readonly error: string;
}

export interface GenerationCommit {
  readonly generation: number;
  readonly model: string;
  readonly expected: bigint | undefined;
  readonly checkpoint: Checkpoint;
  readonly sequence: number;
  readonly clearedAt: bigint | undefined;
  readonly removed: readonly Pick<Row, 'id' | 'sequence'>[];
  readonly rows: readonly ChangedRow[];
  readonly parked: readonly Parked[];
  readonly unparked: readonly string[];
  /** Changes event by event, in order. Absent for generations without history. */
  readonly history?: readonly HistoryChanges[] | undefined;
}

export function changesDocuments({ clearedAt, removed, rows, parked, unparked }: GenerationCommit): boolean {
  return clearedAt !== undefined || [removed, rows, parked, unparked].some(({ length }) => length > 0);
}

export interface RowsPage {
  readonly after: number;
  readonly limit: number;
}

export function isList(index: string): boolean {
  return index.endsWith('[]');
}

export type HistoryRow = Readonly<Record<string, bigint | string | Uint8Array | null>>;

/** One table of the history index, for comparison with the same table of a rebuilt index. */
export interface HistoryRows {
  readonly name: string;
  count(): number;
  /** Returns all rows, or only those that are needed for moments from `kept` on. */
  needed(kept: KeptFrom | undefined): Iterable<HistoryRow>;
  has(row: HistoryRow): boolean;
}

/** The history index, for comparison with a rebuilt one. */
export interface StoredHistory {
  readonly keptFrom: KeptFrom | undefined;
  readonly samples: readonly LogSample[];
  readonly ofLog: readonly HistoryRows[];
  ofGeneration(generation: number): readonly HistoryRows[];
}

export type ModelView = Pick<
  ModelStorage,
  'generations' | 'load' | 'scan' | 'parked' | 'close' | 'storedHistory'
>;

/**
 * Storage of documents and checkpoints: the narrow port for a database, tested by `test/contract/read-models.ts`.
 *
 * The engine is the only writer of a generation and makes one call at a time. A commit is atomic or safe to repeat: an adapter without transactions
 * first writes the rows (each by its id), then the checkpoint with one compare-and-swap. If the process is killed in between, the next engine folds
 * the same events again, and `Row.applied` prevents applying them twice.
 */
export interface ModelStorage {
  /** Whether a query goes to a different process, in which case caching pays off. */
  readonly isDistant: boolean;
  /** Whether new generations retain history. */
  readonly keepsHistory: boolean;
  generations(): Promise<readonly GenerationState[]>;
  create(model: string, version: number, indexes: readonly string[]): Promise<GenerationState>;
  load(generation: number, ids: readonly string[]): Promise<readonly (Row | Gone)[]>;
  find(generation: number, index: string, value: string, page?: RowsPage): Promise<readonly Row[]>;
  count(generation: number, index: string, value: string): Promise<number>;
  scan(generation: number, after: number, limit: number): Promise<readonly IndexedRow[]>;
  /**
   * Applies all commits. An adapter that is safe to repeat may fail after some of them. Throws `MUSTER_E_READ_MODEL_CONTESTED`, without any change,
   * if a checkpoint is not at the expected position because a different engine is active. A storage with history also stores the batch's index of the
   * log. Throws `MUSTER_E_STORE_FULL` if there is no space; the call may be repeated.
   */
  commit(commits: readonly GenerationCommit[], index?: LogIndexChanges): Promise<void>;
  /** Position of the newest indexed event. Undefined if there is none, and always undefined without history. */
  indexedTo(): Promise<bigint | undefined>;
  forgetIndex(): Promise<void>;
  promote(generation: number): Promise<void>;
  drop(generation: number): Promise<void>;
  parked(generation: number): Promise<readonly Parked[]>;
  requests(): Promise<readonly string[]>;
  request(model: string): Promise<void>;
  accept(model: string): Promise<void>;
  /** Copies new generations from the write-ahead log into the file while there is space, because later there may be none. Otherwise does nothing. */
  checkpoint?(): void;
  /** Deletes history before a time (ms since the epoch) in one step. Returns false if nothing is left to delete. */
  pruneHistory?(before: number): Promise<boolean>;
  /** Undefined if the storage retains no history. */
  storedHistory?(): StoredHistory | undefined;
  close(): Promise<void>;
}
