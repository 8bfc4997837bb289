import { sourceOf, type PublishedEvent } from '#domain/event-types/index.js';
import type { EventStore } from '#domain/ports/event-store.js';
import type { StreamBounds } from './stream.js';

/** Events of the past that are published anew into an empty stream, at most. */
const MOST = 100_000;

/** The position of the newest published event, if it is of this very log: not of another, nor of one that a backup took back. */
export async function positionOf(newest: PublishedEvent, store: EventStore): Promise<bigint | undefined> {
  if (newest.source !== sourceOf(store.id)) return undefined;
  const position = BigInt(newest.sequence);
  const head = await store.head();
  if (head === undefined || position > head) return undefined;
  try {
    for await (const page of store.readStream(newest.subject, { from: newest.revision, limit: 1 })) {
      const [event] = page;
      if (event?.revision === newest.revision && event.id !== newest.id) return undefined;
    }
  } catch {
    // Its stream was deleted: the position still stands.
  }
  return position;
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
