import type { RecordedEvent } from '#domain/ports/event-store.js';
import { SOFT_DELETED } from '../append-rule.js';
import { metadataStreamOf, readStreamMetadata, subjectOf, type StreamMetadata } from '../stream-metadata.js';
import type { WireLog } from '../wire-log.js';
import { streamDeleted } from './status.js';

/** What of a stream reads serve. */
export interface Extent {
  /** First revision served; may lie beyond the last. */
  readonly first: number;
  readonly last: number;
  /** Older events, in milliseconds since the epoch, are not served. */
  readonly notBefore: number | undefined;
}

/**
 * What of a stream reads serve now; `undefined` for a stream that is missing or soft-deleted. Throws for one that is
 * tombstoned. The newest only of a metadata stream counts, and so only that is served.
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

/** Whether an event is served that is within the revisions of an extent. */
export function isServed({ notBefore }: Extent, event: RecordedEvent): boolean {
  return notBefore === undefined || event.created >= notBefore;
}

function metadataOf(log: WireLog, stream: string): Partial<StreamMetadata> {
  const name = metadataStreamOf(stream);
  const { head } = log.state(name);
  const newest = head < 0 ? undefined : log.events(name, head, head, 1)[0];
  return newest === undefined ? {} : readStreamMetadata(newest.data);
}
