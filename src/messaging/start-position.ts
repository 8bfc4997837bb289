import { sourceOf, type PublishedEvent } from '#domain/kernel/published-event.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { fitsLog } from '#src/engine/checkpoint.js';
import { isMarked } from '#src/engine/snapshots/index.js';
import type { StreamBounds } from './stream.js';

const MAX_REPUBLISHED = 100_000;

export interface PublishedPosition {
  readonly position: bigint;
  readonly event?: {
    readonly id: string;
    readonly previous: bigint | undefined;
  };
}

/** Returns the position of the newest event in the JetStream stream. Undefined if the log lacks that event: it is a different or a restored log. */
export async function positionOf(
  newest: PublishedEvent,
  store: EventStore,
): Promise<PublishedPosition | undefined> {
  if (newest.source !== sourceOf(store.id)) return undefined;
  const { subject: stream, revision, id } = newest;
  const position = BigInt(newest.sequence);
  return (await isMarked(store, store.id, { stream, revision, position, id })) ? { position } : undefined;
}

/** Returns whether the log contains the event that a different server announced. Until a server has published an event, it announces only the position. */
export async function isInLog({ position, event }: PublishedPosition, store: EventStore): Promise<boolean> {
  if (event !== undefined)
    return await fitsLog(store, { storeId: store.id, position, eventId: event.id, previous: event.previous });
  const head = await store.head();
  return head !== undefined && position <= head;
}

/** Returns the position after which to start filling an empty stream, so that it stays within its limits. Undefined means the whole log. */
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
