import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';

/** Whether the store wrote the event for itself: stream metadata, tombstones, links, statistics. The port refuses such names. */
export function isSystemEvent({ stream, type }: Pick<RecordedEvent, 'stream' | 'type'>): boolean {
  return type.startsWith('$') || stream.startsWith('$');
}
