import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { IDENTITY_STREAM, isSystemEvent, SIGNED_TREE_STREAM } from '#src/engine/event-store/index.js';

/** Returns whether an event is exported. The store's own events, those that identify the log, and published checkpoints are not exported. */
export function isMoved(event: Pick<RecordedEvent, 'stream' | 'type'>): boolean {
  return !isSystemEvent(event) && event.stream !== IDENTITY_STREAM && event.stream !== SIGNED_TREE_STREAM;
}
