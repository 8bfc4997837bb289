/** A document of a read model as it is stored. */
export interface StoredDocument {
  readonly id: string;
  /** Position of the event that made it: the creation order. */
  readonly created: bigint;
  /** The document, as JSON text. */
  readonly json: string;
  /** Set when a fold failed on it: it shows an older state than the rest. */
  readonly parked: boolean;
}

export interface ListOptions {
  /** Only documents whose index holds `value`, or one of several. */
  readonly where?: { readonly index: string; readonly value: string | readonly string[] };
  /** Only documents that have a value of this index, in the order of these values by their code points. Not together with `where` or `after`. */
  readonly by?: string;
  /** Id of the last document of the former page; the list goes on behind it. An unknown id: an empty list. */
  readonly after?: string;
  readonly limit?: number;
  /** The newest first, and only one page of them, of at most 200. Goes with `where`; with `after` those that are older than it. */
  readonly newest?: boolean;
  /** With `newest`: how many of them are passed over first. */
  readonly skip?: number;
}

/** The read side of the read models. Writing is the engine's alone (`src/engine/read-models`). */
export interface ReadModels {
  /** Whether other servers read the same models. */
  readonly shared: boolean;
  get(model: string, id: string): Promise<StoredDocument | undefined>;
  /** Pages of documents in creation order, or in that of an index; none is empty. Each page is read when it is asked for. */
  list(model: string, options?: ListOptions): AsyncIterable<readonly StoredDocument[]>;
  count(model: string, where?: ListOptions['where']): Promise<number>;
  /** Position up to which every model has folded the log. */
  position(): bigint;
  /** Resolves true once every model has folded up to `position`, false after `timeoutMs` without. */
  waitFor(position: bigint, timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}
