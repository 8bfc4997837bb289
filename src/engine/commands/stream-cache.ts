import { LRUCache } from 'lru-cache';

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
export type StreamCache<State> = LRUCache<string, FoldedStream<State>>;

export function streamCache<State>({ entries, bytes }: CacheBounds): StreamCache<State> {
  return new LRUCache({ max: entries, maxSize: bytes, sizeCalculation: ({ weight }) => weight });
}
