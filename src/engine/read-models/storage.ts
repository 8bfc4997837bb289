import type { Checkpoint } from '#src/engine/checkpoint.js';

/** One set of documents of a model. Of each model one generation is live; a second one may be under construction. */
export interface GenerationState {
  readonly generation: number;
  readonly model: string;
  /** Version of the projection that fills it. */
  readonly version: number;
  readonly live: boolean;
  /** Undefined: it has folded nothing. */
  readonly checkpoint: Checkpoint | undefined;
  /** How many documents were ever made in it. The n-th gets sequence n, so a rebuild numbers them alike. */
  readonly sequence: number;
}

/** A document as it is kept. */
export interface Row {
  readonly id: string;
  /** Place in the creation order. */
  readonly sequence: number;
  /** Position of the event that made it. */
  readonly created: bigint;
  /** Position of the newest event that changed it: the engine folds nothing into it twice. */
  readonly applied: bigint;
  readonly json: string;
  readonly parked: boolean;
}

/** What is left of a document that is gone, where that could not be written in one step with the checkpoint. */
export interface Gone {
  readonly id: string;
  /** Events up to here have nothing to say to it any more. */
  readonly applied: bigint;
  readonly gone: true;
}

/** A row with the value of each index of its model, in the order of the generation's indexes; of one that ends in `[]` its values as a JSON array. */
export interface IndexedRow extends Row {
  readonly indexes: readonly (string | null)[];
}

/** A row to keep. */
export interface ChangedRow extends IndexedRow {
  /** No row with this sequence is there yet. */
  readonly fresh: boolean;
  /** Values of the indexes that the row holds so far, where they are known: what has not changed need not be written. */
  readonly indexed: readonly (string | null)[] | undefined;
}

/** A document on which a fold failed, and on what. */
export interface Parked {
  readonly id: string;
  readonly eventId: string;
  readonly position: bigint;
  readonly type: string;
  readonly error: string;
}

/** What one batch of events did to one generation. */
export interface GenerationCommit {
  readonly generation: number;
  readonly model: string;
  /** Position of the checkpoint that must be there now. */
  readonly expected: bigint | undefined;
  readonly checkpoint: Checkpoint;
  readonly sequence: number;
  /** Everything that events before this position made goes first: rows and parked documents. */
  readonly clearedAt: bigint | undefined;
  readonly removed: readonly Pick<Row, 'id' | 'sequence'>[];
  readonly rows: readonly ChangedRow[];
  readonly parked: readonly Parked[];
  /** Parked documents that are gone. */
  readonly unparked: readonly string[];
}

/** A page of rows: at most `limit` after a place in the creation order. */
export interface RowsPage {
  readonly after: number;
  readonly limit: number;
}

/** Whether an index holds many values of a document. */
export function isList(index: string): boolean {
  return index.endsWith('[]');
}

/** What is stored, for those who only look. */
export type ModelView = Pick<ModelStorage, 'generations' | 'load' | 'scan' | 'parked' | 'close'>;

/**
 * Where the engine keeps documents and checkpoints: the narrow port that another database has to fill. The suite is
 * `test/contract/read-models.ts`.
 *
 * The engine is the only writer of a generation and asks for one thing at a time. A commit is atomic, **or** safe to
 * repeat: an adapter without transactions over many documents writes rows first (each by its id), then the checkpoint by
 * one compare-and-swap. Killed in between, the next engine folds the same events again, and `Row.applied` keeps each of
 * them from counting twice.
 */
export interface ModelStorage {
  /** A question to it goes to another process: what was read is better remembered. */
  readonly isDistant: boolean;
  generations(): Promise<readonly GenerationState[]>;
  /** An empty generation under construction. Indexes may be built as late as `promote`. */
  create(model: string, version: number, indexes: readonly string[]): Promise<GenerationState>;
  /** The rows of those ids that there are, in any order; where checkpoints are written apart, also what was removed ahead of one. */
  load(generation: number, ids: readonly string[]): Promise<readonly (Row | Gone)[]>;
  /** All rows whose index holds the value, in creation order; or a page of them. */
  find(generation: number, index: string, value: string, page?: RowsPage): Promise<readonly Row[]>;
  /** How many rows hold the value. */
  count(generation: number, index: string, value: string): Promise<number>;
  /** The next so many rows behind a place in the creation order. */
  scan(generation: number, after: number, limit: number): Promise<readonly IndexedRow[]>;
  /**
   * Applies all or, safe to repeat, some of the commits. Throws `MUSTER_E_READ_MODEL_CONTESTED`, having
   * changed nothing, where a checkpoint is not at the position expected: another engine is at work. Throws
   * `MUSTER_E_STORE_FULL`, and may be asked again, where there is no space.
   */
  commit(commits: readonly GenerationCommit[]): Promise<void>;
  /** Makes a generation the live one and drops the others of its model, in one step. */
  promote(generation: number): Promise<void>;
  drop(generation: number): Promise<void>;
  /** Every parked document of a generation. */
  parked(generation: number): Promise<readonly Parked[]>;
  /** Rebuilds that were asked for from outside, and asks for one. */
  requests(): Promise<readonly string[]>;
  request(model: string): Promise<void>;
  /** The model's rebuild is under way: it is not asked for any more. */
  accept(model: string): Promise<void>;
  close(): Promise<void>;
}
