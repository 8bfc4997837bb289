/** A stream as folded so far. */
export interface FoldedStream<State> {
  readonly state: State;
  /** Revision of the last event folded; undefined: the stream has none. */
  readonly revision: number | undefined;
  /** How that event is known again. */
  readonly newest: { readonly position: bigint; readonly id: string } | undefined;
  /** Revision as of which the state is kept on disk; -1: it is not. */
  readonly keptAt: number;
  /** Commands with an `Idempotency-Key` that the fold has seen, oldest first; none: undefined. */
  readonly commands: ReadonlyMap<string, KnownCommand> | undefined;
  /** Roughly what it occupies, in bytes. */
  readonly weight: number;
}

/** A command found in a stream: what was sent, and which events it left. */
export interface KnownCommand {
  readonly bodyDigest: string;
  readonly first: number;
  readonly last: number;
}

export interface CacheBounds {
  readonly entries: number;
  readonly bytes: number;
}

/** Folded streams of one aggregate, the least recently used dropped first when there are too many or they weigh too much. */
export class StreamCache<State> {
  readonly #entries = new Map<string, FoldedStream<State>>();
  #weight = 0;

  constructor(private readonly bounds: CacheBounds) {}

  get(stream: string): FoldedStream<State> | undefined {
    const entry = this.#entries.get(stream);
    if (entry === undefined) return undefined;
    this.#entries.delete(stream);
    this.#entries.set(stream, entry);
    return entry;
  }

  set(stream: string, entry: FoldedStream<State>): void {
    this.delete(stream);
    this.#entries.set(stream, entry);
    this.#weight += entry.weight;
    while (this.#entries.size > this.bounds.entries || this.#weight > this.bounds.bytes) {
      const oldest = this.#entries.keys().next();
      if (oldest.done === true) return;
      this.delete(oldest.value);
    }
  }

  delete(stream: string): void {
    const entry = this.#entries.get(stream);
    if (entry === undefined) return;
    this.#entries.delete(stream);
    this.#weight -= entry.weight;
  }

  clear(): void {
    this.#entries.clear();
    this.#weight = 0;
  }
}
