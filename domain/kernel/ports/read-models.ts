export interface StoredDocument {
  readonly id: string;
  readonly created: bigint;
  readonly json: string;
  readonly parked: boolean;
}

export interface ListOptions {
  readonly where?: { readonly index: string; readonly value: string | readonly string[] };
  readonly by?: string;
  readonly after?: string;
  readonly limit?: number;
  readonly newest?: boolean;
  readonly skip?: number;
}

/** Names of the changed models, or `any` if that is not known. */
export type ChangedModels = ReadonlySet<string> | 'any';

export interface ChangeSource {
  /** Calls the listener with the changed models whenever the position or documents have changed. Returns a function that ends the subscription. */
  onMoved(listener: (changed: ChangedModels) => void): () => void;
}

/** The read side only. The engine (`src/engine/read-models`) is the only writer. */
export interface ReadModels {
  readonly shared: boolean;
  get(model: string, id: string): Promise<StoredDocument | undefined>;
  list(model: string, options?: ListOptions): AsyncIterable<readonly StoredDocument[]>;
  count(model: string, where?: ListOptions['where']): Promise<number>;
  position(): bigint;
  waitFor(position: bigint, timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}
