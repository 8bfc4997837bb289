import type { Checkpoint } from '#src/engine/checkpoint.js';

/** One set of documents of a model. Each model has one live generation, and possibly another under construction. */
export interface GenerationState {
  readonly generation: number;
  readonly model: string;
  readonly version: number;
  readonly live: boolean;
  /** Undefined: it has folded nothing. */
  readonly checkpoint: Checkpoint | undefined;
  /** Number of documents ever created in it. The n-th gets sequence n, so a rebuild assigns the same numbers. */
  readonly sequence: number;
}

export interface Row {
  readonly id: string;
  readonly sequence: number;
  readonly created: bigint;
  /** Position of the newest event that changed it, so that no event is applied twice. */
  readonly applied: bigint;
  readonly json: string;
  readonly parked: boolean;
}

/** Tombstone of a removed document, for storages that cannot write it in one step with the checkpoint. */
export interface Gone {
  readonly id: string;
  /** Events up to this position do not affect it any more. */
  readonly applied: bigint;
  readonly gone: true;
}

/** A row with its index values in the order of the generation's indexes; for a list index (`[]`) its values as a JSON array. */
export interface IndexedRow extends Row {
  readonly indexes: readonly (string | null)[];
}

export interface ChangedRow extends IndexedRow {
  /** There is no row with this sequence yet. */
  readonly fresh: boolean;
  /** Index values that the row has so far, if known: unchanged ones need not be written. */
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
  /** Position of the checkpoint that must be stored now. */
  readonly expected: bigint | undefined;
  readonly checkpoint: Checkpoint;
  readonly sequence: number;
  /** Rows and parked documents of events before this position are removed first. */
  readonly clearedAt: bigint | undefined;
  readonly removed: readonly Pick<Row, 'id' | 'sequence'>[];
  readonly rows: readonly ChangedRow[];
  readonly parked: readonly Parked[];
  readonly unparked: readonly string[];
}

/** A page of at most `limit` rows after a place in the creation order. */
export interface RowsPage {
  readonly after: number;
  readonly limit: number;
}

export function isList(index: string): boolean {
  return index.endsWith('[]');
}

/** Read-only access to the storage. */
export type ModelView = Pick<ModelStorage, 'generations' | 'load' | 'scan' | 'parked' | 'close'>;

/**
 * Storage of documents and checkpoints: the narrow port for a database, tested by `test/contract/read-models.ts`.
 *
 * The engine is the only writer of a generation and makes one call at a time. A commit is atomic, **or** safe to repeat: an adapter without
 * transactions writes rows first (each by its id), then the checkpoint by one compare-and-swap. If killed in between, the next engine folds the same
 * events again, and `Row.applied` prevents applying them twice.
 */
export interface ModelStorage {
  /** Whether a query goes to another process, so that caching pays. */
  readonly isDistant: boolean;
  generations(): Promise<readonly GenerationState[]>;
  /** Creates an empty generation under construction. Indexes may be created as late as `promote`. */
  create(model: string, version: number, indexes: readonly string[]): Promise<GenerationState>;
  /** Existing rows with those ids, in any order; in storages that write checkpoints separately also tombstones. */
  load(generation: number, ids: readonly string[]): Promise<readonly (Row | Gone)[]>;
  /** All rows with the index value, in creation order; or a page of them. */
  find(generation: number, index: string, value: string, page?: RowsPage): Promise<readonly Row[]>;
  count(generation: number, index: string, value: string): Promise<number>;
  /** The next `limit` rows after a place in the creation order. */
  scan(generation: number, after: number, limit: number): Promise<readonly IndexedRow[]>;
  /**
   * Applies all commits or, safe to repeat, some of them. Throws `MUSTER_E_READ_MODEL_CONTESTED` without any change if a checkpoint is not at the
   * expected position, because another engine is active. Throws `MUSTER_E_STORE_FULL` if there is no space; the call may be repeated.
   */
  commit(commits: readonly GenerationCommit[]): Promise<void>;
  /** Makes a generation the live one and drops the others of its model, in one step. */
  promote(generation: number): Promise<void>;
  drop(generation: number): Promise<void>;
  parked(generation: number): Promise<readonly Parked[]>;
  /** Rebuild requests from outside; creates one. */
  requests(): Promise<readonly string[]>;
  request(model: string): Promise<void>;
  accept(model: string): Promise<void>;
  close(): Promise<void>;
}
