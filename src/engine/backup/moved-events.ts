import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { IDENTITY_STREAM, isSystemEvent } from '#src/engine/event-store/index.js';

/** Whether an event is part of an export: not the store's own ones, nor those that identify a log. */
export function isMoved(event: Pick<RecordedEvent, 'stream' | 'type'>): boolean {
  return !isSystemEvent(event) && event.stream !== IDENTITY_STREAM;
}
