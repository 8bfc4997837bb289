import { sourceOf, type PublishedEvent } from '#domain/event-types/index.js';
import type { EventStore } from '#domain/ports/event-store.js';
import { fitsLog } from '#src/engine/checkpoint.js';
import { isMarked } from '#src/engine/snapshots/index.js';
import type { StreamBounds } from './stream.js';

/** Events of the past that are published anew into an empty stream, at most. */
const MOST = 100_000;

/** Everything up to here is published. */
export interface PublishedPlace {
  readonly position: bigint;
  /** The event there. Absent: not known. */
  readonly event?: {
    readonly id: string;
    /** Position of the event before it; undefined: it is the log's first. */
    readonly previous: bigint | undefined;
  };
}

/** The place of the newest event in JetStream's stream, if the log holds that event there: not another log, nor one that a backup took back. */
export async function placeOf(newest: PublishedEvent, store: EventStore): Promise<PublishedPlace | undefined> {
  if (newest.source !== sourceOf(store.id)) return undefined;
  const { subject: stream, revision, id } = newest;
  const position = BigInt(newest.sequence);
  // An event of a stream that was deleted is not found. Then some events come twice.
  return (await isMarked(store, store.id, { stream, revision, position, id })) ? { position } : undefined;
}

/** Whether the log holds the event at the place that another server announced. Of a server of an older release only the position is known. */
export async function isInLog({ position, event }: PublishedPlace, store: EventStore): Promise<boolean> {
  if (event !== undefined) return await fitsLog(store, { storeId: store.id, position, eventId: event.id, previous: event.previous });
  const head = await store.head();
  return head !== undefined && position <= head;
}

/** Where an empty stream begins: behind the newest event that its bounds would not hold any more. Undefined: at the log's beginning. */
export async function oldestHeld(store: EventStore, { maxAgeSeconds, maxBytes }: StreamBounds, now: number): Promise<bigint | undefined> {
  let count = 0;
  let bytes = 0;
  for await (const page of store.readAll({ direction: 'backwards' })) {
    for (const event of page) {
      count += 1;
      bytes += event.data.length;
      if (event.created < now - maxAgeSeconds * 1000 || count > MOST || bytes > maxBytes) return event.position;
    }
  }
  return undefined;
}
