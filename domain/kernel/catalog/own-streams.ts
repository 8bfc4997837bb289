import { categoryOf, readMetadata } from '../event/index.js';
import type { RecordedEvent } from '../ports/event-store.js';

/**
 * Classifies an event of a log that may be shared. `ours`: in a stream of Muster, with Muster's metadata; an unknown type or version stops the fold.
 * `foreign`: in a stream of Muster, but written by a different program; every fold skips and counts it. `others`: in a different stream. No other code
 * makes this decision.
 */
export type Ownership = 'ours' | 'foreign' | 'others';

type Owned = Pick<RecordedEvent, 'stream' | 'metadata'>;

export interface OwnStreams {
  /** Returns whether a stream belongs to Muster. Every fold ignores others, regardless of their names and event types. */
  isOwnStream(stream: string): boolean;
  ownershipOf(event: Owned): Ownership;
  isOurs(event: Owned): boolean;
}

/** Returns what belongs to Muster, for code that knows only the categories of its streams, such as a thread to which they were sent. */
export function ownStreams(categories: readonly string[]): OwnStreams {
  const own: ReadonlySet<string> = new Set(categories);
  const isOwnStream = (stream: string): boolean => own.has(categoryOf(stream));
  const ownershipOf = ({ stream, metadata }: Owned): Ownership => {
    if (!isOwnStream(stream)) return 'others';
    return readMetadata(metadata) === undefined ? 'foreign' : 'ours';
  };
  return { isOwnStream, ownershipOf, isOurs: (event) => ownershipOf(event) === 'ours' };
}
