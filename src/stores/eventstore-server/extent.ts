import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import {
  metadataStreamOf,
  readStreamMetadata,
  SOFT_DELETED,
  type StreamMetadata,
  subjectOf,
  type WireLog,
} from '#src/engine/event-store/index.js';
import { streamDeleted } from './status.js';

export interface Extent {
  readonly first: number;
  readonly last: number;
  /** Events before this time, in milliseconds since the epoch, are not returned. */
  readonly notBefore: number | undefined;
}

/**
 * Returns the part of a stream that reads currently return, or undefined if the stream is missing or soft-deleted. Throws if it is tombstoned. For a
 * metadata stream, only the latest event is returned.
 */
export function extentOf(log: WireLog, stream: string, now: number): Extent | undefined {
  const { head, truncateBefore, tombstoned } = log.state(stream);
  const subject = subjectOf(stream);
  if (tombstoned || (subject !== undefined && log.state(subject).tombstoned)) throw streamDeleted(stream);
  if (head < 0 || truncateBefore === SOFT_DELETED) return undefined;
  const { maxCount, maxAgeMs } = subject === undefined ? metadataOf(log, stream) : { maxCount: 1 };
  return {
    first: Math.max(truncateBefore, maxCount === undefined ? 0 : head - maxCount + 1),
    last: head,
    notBefore: maxAgeMs === undefined ? undefined : now - maxAgeMs,
  };
}

/** Whether reads return an event within the revisions of an extent. */
export function isServed({ notBefore }: Extent, event: RecordedEvent): boolean {
  return notBefore === undefined || event.created >= notBefore;
}

function metadataOf(log: WireLog, stream: string): Partial<StreamMetadata> {
  const name = metadataStreamOf(stream);
  const { head } = log.state(name);
  const newest = head < 0 ? undefined : log.events(name, head, head, 1)[0];
  return newest === undefined ? {} : readStreamMetadata(newest.data);
}
