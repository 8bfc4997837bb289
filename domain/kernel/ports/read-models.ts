export interface StoredDocument {
  readonly id: string;
  /** Position of the event that created it, which defines the creation order. */
  readonly created: bigint;
  readonly json: string;
  readonly parked: boolean;
}

export interface ListOptions {
  /** Only documents with one of these values in the index. */
  readonly where?: { readonly index: string; readonly value: string | readonly string[] };
  /** Only documents with a value of this index, ordered by it (code points). Excludes `where` and `after`. */
  readonly by?: string;
  /** Id of the last document of the previous page. An unknown id gives an empty list. */
  readonly after?: string;
  readonly limit?: number;
  /** Newest first, and only one page of at most 200. Requires `where`; with `after`, those older than it. */
  readonly newest?: boolean;
  /** With `newest`: number of documents to skip. */
  readonly skip?: number;
}

/** The read side only; the engine (`src/engine/read-models`) is the only writer. */
export interface ReadModels {
  readonly shared: boolean;
  get(model: string, id: string): Promise<StoredDocument | undefined>;
  /** Non-empty pages in creation order, or in the order of an index. Each page is read on demand. */
  list(model: string, options?: ListOptions): AsyncIterable<readonly StoredDocument[]>;
  count(model: string, where?: ListOptions['where']): Promise<number>;
  position(): bigint;
  /** Resolves to true once all models have folded up to `position`, or to false after `timeoutMs`. */
  waitFor(position: bigint, timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}
