import type {
  Direction,
  EventStore,
  ReadAllOptions,
  RecordedEvent,
} from '#domain/kernel/ports/event-store.js';

/** Returns a predicate for the events that a read from this bound returns. */
export function isBeyondBound({
  direction,
  from,
  inclusive = false,
}: ReadAllOptions): (event: Pick<RecordedEvent, 'position'>) => boolean {
  if (from === undefined) return () => true;
  if (direction === 'backwards') return ({ position }) => position < from || (inclusive && position === from);
  return ({ position }) => position > from || (inclusive && position === from);
}

/** Converts the bound to an exclusive one, for logs that can be read from any integer position. */
export function exclusiveBound(direction: Direction | undefined, from: bigint, inclusive = false): number {
  if (!inclusive) return Number(from);
  return Number(direction === 'backwards' ? from + 1n : from - 1n);
}

/**
 * Returns the position of the last event before a bound, or at the bound if it is inclusive. Undefined if there is none. Subscriptions must start at
 * the position of an event, whereas clients may specify any number.
 */
export async function lastPositionBefore(
  store: Pick<EventStore, 'readAll'>,
  bound: Pick<ReadAllOptions, 'from' | 'inclusive'>,
): Promise<bigint | undefined> {
  for await (const [event] of store.readAll({ ...bound, direction: 'backwards', limit: 1 }))
    return event?.position;
  return undefined;
}
