export interface ValueGained {
  readonly index: number;
  readonly value: string;
  readonly sequence: number;
  readonly position: bigint;
}

/** An index value that a document had until `position`. */
export interface ValueLost extends ValueGained {
  readonly created: bigint;
}

export interface Ended {
  readonly sequence: number;
  readonly id: string;
  readonly created: bigint;
  readonly position: bigint;
}

/** A whole document as of `position`. Readers fold later events into the document. */
export interface Frame {
  readonly sequence: number;
  readonly position: bigint;
  readonly json: string;
}

/**
 * The changes of a generation, event by event, from which each of its documents can be reconstructed as of any position. A life is one document from
 * its creation to its end. Its number is the document's `sequence`, so a document that is recreated with the same id is a different life. For
 * existing documents, the creation and the values held since then are not repeated here.
 */
export interface HistoryChanges {
  /** All stored documents end at this position, before any of the changes below. */
  readonly clearedAt: bigint | undefined;
  /** All changes except creations. */
  readonly touched: readonly (readonly [sequence: number, position: bigint])[];
  readonly ended: readonly Ended[];
  /** From this position on, the document is parked: events no longer change it. */
  readonly parked: readonly (readonly [sequence: number, position: bigint])[];
  readonly gained: readonly ValueGained[];
  readonly lost: readonly ValueLost[];
  readonly frames: readonly Frame[];
}

/** Maps positions to write times. `created` is the greatest write time up to `position`, in milliseconds since the epoch. */
export interface LogSample {
  readonly position: bigint;
  readonly created: number;
  readonly events: number;
}

/** Number of events that were recorded in one minute or one hour. */
export interface LogCount {
  /** Length of the minute or hour, in milliseconds. */
  readonly span: number;
  readonly start: number;
  readonly events: number;
  readonly failures: number;
}
