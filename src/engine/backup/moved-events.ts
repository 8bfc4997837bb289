import type { RecordedEvent } from '#domain/ports/event-store.js';
import { IDENTITY_STREAM, isOfTheStore } from '#src/engine/event-store/index.js';

/** Whether an event moves from log to log: not what a store writes for itself, and not what tells one log from another. */
export function isMoved(event: Pick<RecordedEvent, 'stream' | 'type'>): boolean {
  return !isOfTheStore(event) && event.stream !== IDENTITY_STREAM;
}
