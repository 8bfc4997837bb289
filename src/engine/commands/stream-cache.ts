import { LRUCache } from 'lru-cache';

export interface FoldedStream<State> {
  readonly state: State;
  readonly revision: number | undefined;
  readonly newest: { readonly position: bigint; readonly id: string } | undefined;
  /** Revision of the snapshot on disk, or -1 if there is none. */
  readonly keptAt: number;
  /** Commands with an `Idempotency-Key` in the fold, oldest first. Undefined if there are none. */
  readonly commands: ReadonlyMap<string, KnownCommand> | undefined;
  readonly weight: number;
}

export interface KnownCommand {
  readonly bodyDigest: string;
  readonly first: number;
  readonly last: number;
}

export interface CacheBounds {
  readonly entries: number;
  readonly bytes: number;
}

export type StreamCache<State> = LRUCache<string, FoldedStream<State>>;

export function streamCache<State>({ entries, bytes }: CacheBounds): StreamCache<State> {
  return new LRUCache({ max: entries, maxSize: bytes, sizeCalculation: ({ weight }) => weight });
}
