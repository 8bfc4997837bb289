import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';

type Log = Pick<EventStore, 'readAll'>;

/** Returns the first event at this position or after it. */
export async function eventFrom(store: Log, position: bigint): Promise<RecordedEvent | undefined> {
  for await (const [event] of store.readAll({ from: position, inclusive: true, limit: 1 })) return event;
  return undefined;
}

/** Returns the event at exactly this position. */
export async function eventAt(store: Log, position: bigint): Promise<RecordedEvent | undefined> {
  const event = await eventFrom(store, position);
  return event?.position === position ? event : undefined;
}
