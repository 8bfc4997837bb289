import type { RecordedEvent } from './event-store.js';
import type { Mention } from './log-mentions.js';

export interface DocumentChange {
  readonly position: bigint;
  readonly change: 'created' | 'changed' | 'ended';
}

export interface ChangesOptions {
  readonly from?: bigint;
  readonly to?: bigint;
  readonly newestFirst: boolean;
  readonly limit: number;
}

export interface MentionsRange {
  readonly from: bigint;
  readonly to: bigint;
  readonly newestFirst: boolean;
  readonly limit: number;
}

/** A document that differs between two positions. */
export interface ChangedDocument {
  readonly id: string;
  readonly sequence: bigint;
  readonly change: 'created' | 'changed' | 'ended';
  readonly position: bigint;
}

export interface ChangedOptions {
  /** Start of the range, exclusive. */
  readonly from: bigint;
  /** End of the range, inclusive. */
  readonly to: bigint;
  /** Returns only documents after this place in the creation order. */
  readonly after: bigint;
  readonly limit: number;
}

/** The start of the retained history. Earlier states are unknown. */
export interface KeptFrom {
  readonly position: bigint;
  readonly time: number;
}

/** Number of events recorded in a minute or an hour. */
export interface EventCount {
  readonly start: number;
  readonly events: number;
  readonly failures: number;
}

/** Past states of the read models. Throws `MUSTER_E_HISTORY_BUILDING` until it is complete. */
export interface History {
  /** Events that changed a document, or an earlier document with the same id. Undefined if there are none. */
  changes(model: string, id: string, options: ChangesOptions): readonly DocumentChange[] | undefined;
  documentAt(model: string, id: string, position: bigint): Promise<string | undefined>;
  /** Documents that changed in a range. Throws `MUSTER_E_RANGE_TOO_LARGE` if there are too many. */
  changed(model: string, options: ChangedOptions): readonly ChangedDocument[];
  /** The latest position written at or before this time (milliseconds since the epoch), or -1 if there is none. */
  positionAt(time: number): Promise<bigint>;
  newestUpTo(position: bigint): Promise<RecordedEvent | undefined>;
  /** Returns whether the history has reached a position, after waiting for at most this many milliseconds. */
  waitFor(position: bigint, timeoutMs: number): Promise<boolean>;
  keptFrom(): KeptFrom | undefined;
  /** Percentage of the history that is complete, or undefined if all of it is. */
  built(): number | undefined;
  head(): Promise<bigint | undefined>;
  /** The last position that `mentions` and `counts` cover, or -1 if they cover nothing yet. */
  indexedTo(): bigint;
  /** The first position that `mentions` covers. Earlier positions may have been pruned. */
  indexedFrom(): bigint;
  /** Positions of events with a mention. May include a few other events, so the reader must check them. */
  mentions(mention: Mention, range: MentionsRange): readonly bigint[];
  /** Number of events per minute or hour, oldest first, without empty spans. Bounds are inclusive. */
  counts(span: 'minute' | 'hour', from: number, to: number): readonly EventCount[];
  /** Start of the minute of the oldest event, or undefined while the index is empty. */
  oldestCount(): number | undefined;
  eventsAt(positions: readonly bigint[]): Promise<readonly RecordedEvent[]>;
}
