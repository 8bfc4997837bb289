import type { EventFilter, RecordedEvent } from '#domain/kernel/ports/event-store.js';

export function matches(filter: EventFilter, event: Pick<RecordedEvent, 'stream' | 'type'>): boolean {
  if (
    filter.streamPrefixes !== undefined &&
    !filter.streamPrefixes.some((prefix) => event.stream.startsWith(prefix))
  )
    return false;
  return filter.types === undefined || filter.types.includes(event.type);
}
