import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';

/** Returns whether the store wrote the event for its own use: stream metadata, tombstones, links, statistics. The port refuses such names. */
export function isSystemEvent({ stream, type }: Pick<RecordedEvent, 'stream' | 'type'>): boolean {
  return type.startsWith('$') || stream.startsWith('$');
}
