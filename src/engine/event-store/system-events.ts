import type { RecordedEvent } from '#domain/ports/event-store.js';

/** What a store writes for itself: metadata of streams, tombstones, links, statistics. Nobody appends such names through the port. */
export function isSystemEvent({ stream, type }: Pick<RecordedEvent, 'stream' | 'type'>): boolean {
  return type.startsWith('$') || stream.startsWith('$');
}
