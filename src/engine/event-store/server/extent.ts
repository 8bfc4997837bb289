import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { SOFT_DELETED } from '../append-rule.js';
import { metadataStreamOf, readStreamMetadata, subjectOf, type StreamMetadata } from '../stream-metadata.js';
import type { WireLog } from '../wire-log.js';
import { streamDeleted } from './status.js';

export interface Extent {
  readonly first: number;
  readonly last: number;
  /** Events before this time, in milliseconds since the epoch, are not returned. */
  readonly notBefore: number | undefined;
}

/**
 * The part of a stream that reads return now; `undefined` if the stream is missing or soft-deleted. Throws for a tombstoned one. Of a metadata
 * stream, only the newest event is returned.
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

/** Whether an event within the revisions of an extent is returned. */
export function isServed({ notBefore }: Extent, event: RecordedEvent): boolean {
  return notBefore === undefined || event.created >= notBefore;
}

function metadataOf(log: WireLog, stream: string): Partial<StreamMetadata> {
  const name = metadataStreamOf(stream);
  const { head } = log.state(name);
  const newest = head < 0 ? undefined : log.events(name, head, head, 1)[0];
  return newest === undefined ? {} : readStreamMetadata(newest.data);
}
