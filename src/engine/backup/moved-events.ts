import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { IDENTITY_STREAM, isSystemEvent } from '#src/engine/event-store/index.js';

/** Returns whether an event is exported. The store's own events and the events that identify the log are not exported. */
export function isMoved(event: Pick<RecordedEvent, 'stream' | 'type'>): boolean {
  return !isSystemEvent(event) && event.stream !== IDENTITY_STREAM;
}
