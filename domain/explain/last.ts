import type { RecordedMusterEvent } from '../event-types/registry.js';

export type Events = readonly RecordedMusterEvent[];
export type EventOf<Type extends RecordedMusterEvent['type']> = Extract<RecordedMusterEvent, { type: Type }>;

export function last<Type extends RecordedMusterEvent['type']>(
  events: Events,
  type: Type,
): EventOf<Type> | undefined {
  return events.findLast((event): event is EventOf<Type> => event.type === type);
}

export function isNewest(one: RecordedMusterEvent, other: RecordedMusterEvent | undefined): boolean {
  return other === undefined || one.position > other.position;
}
