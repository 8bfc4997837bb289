import { sourceOf, type PublishedEvent } from '#domain/event-types/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { fitsLog } from '#src/engine/checkpoint.js';
import { isMarked } from '#src/engine/snapshots/index.js';
import type { StreamBounds } from './stream.js';

/** Maximum number of past events that are published again into an empty stream. */
const MAX_REPUBLISHED = 100_000;

export interface PublishedPosition {
  readonly position: bigint;
  /** Identifies the event at the position. Undefined: unknown. */
  readonly event?: {
    readonly id: string;
    /** Position of the event before it; undefined for the first of the log. */
    readonly previous: bigint | undefined;
  };
}

/** The position of the newest event in the JetStream stream, if the log contains that event there; not if it is another log, or a restored backup. */
export async function positionOf(
  newest: PublishedEvent,
  store: EventStore,
): Promise<PublishedPosition | undefined> {
  if (newest.source !== sourceOf(store.id)) return undefined;
  const { subject: stream, revision, id } = newest;
  const position = BigInt(newest.sequence);
  // Events of deleted streams are not found, so some events may be published twice.
  return (await isMarked(store, store.id, { stream, revision, position, id })) ? { position } : undefined;
}

/** Whether the log contains the event that another server announced. Servers of older releases announce only the position. */
export async function isInLog({ position, event }: PublishedPosition, store: EventStore): Promise<boolean> {
  if (event !== undefined)
    return await fitsLog(store, { storeId: store.id, position, eventId: event.id, previous: event.previous });
  const head = await store.head();
  return head !== undefined && position <= head;
}

/** Start position for an empty stream: after the newest event that would exceed its limits. Undefined: the beginning of the log. */
export async function oldestHeld(
  store: EventStore,
  { maxAgeSeconds, maxBytes }: StreamBounds,
  now: number,
): Promise<bigint | undefined> {
  let count = 0;
  let bytes = 0;
  for await (const page of store.readAll({ direction: 'backwards' })) {
    for (const event of page) {
      count += 1;
      bytes += event.data.length;
      if (event.created < now - maxAgeSeconds * 1000 || count > MAX_REPUBLISHED || bytes > maxBytes)
        return event.position;
    }
  }
  return undefined;
}
