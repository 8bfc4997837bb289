import type {
  Direction,
  EventStore,
  ReadAllOptions,
  RecordedEvent,
} from '#domain/kernel/ports/event-store.js';

/** Whether an event is one that a read from this bound serves. */
export function isBeyondBound({
  direction,
  from,
  inclusive = false,
}: ReadAllOptions): (event: Pick<RecordedEvent, 'position'>) => boolean {
  if (from === undefined) return () => true;
  if (direction === 'backwards') return ({ position }) => position < from || (inclusive && position === from);
  return ({ position }) => position > from || (inclusive && position === from);
}

/** The same bound, exclusive, where positions are whole numbers that can be counted on. */
export function exclusiveBound(direction: Direction | undefined, from: bigint, inclusive = false): number {
  if (!inclusive) return Number(from);
  return Number(direction === 'backwards' ? from + 1n : from - 1n);
}

/**
 * The position of the last event before a bound, or at it where that is inclusive; undefined where there is none. A subscription may start there: its
 * start must be the position of an event, and what a client names need not be one.
 */
export async function lastPositionBefore(
  store: Pick<EventStore, 'readAll'>,
  bound: Pick<ReadAllOptions, 'from' | 'inclusive'>,
): Promise<bigint | undefined> {
  for await (const [event] of store.readAll({ ...bound, direction: 'backwards', limit: 1 }))
    return event?.position;
  return undefined;
}
