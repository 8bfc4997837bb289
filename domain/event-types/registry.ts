import type { AnyAggregate, EventDefinition, EventsOf, Recorded, StreamKind } from '../kernel/event/index.js';
import { STREAMS } from './list.js';

type AllOf<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

export const EVENTS = Object.assign({}, ...STREAMS.map(({ events }) => events)) as AllOf<
  (typeof STREAMS)[number]['events']
>;

export type EventType = keyof typeof EVENTS;

export type MusterEvent = EventsOf<typeof EVENTS>;

export type RecordedMusterEvent = Recorded<MusterEvent>;

export const AGGREGATES: readonly AnyAggregate[] = STREAMS.flatMap((kind) =>
  'decider' in kind ? [kind as AnyAggregate] : [],
);

export interface KnownType {
  readonly type: EventType;
  readonly definition: EventDefinition;
}

const KNOWN = new Map<string, KnownType>();

export function knownType(type: string): KnownType | undefined {
  const known = KNOWN.get(type);
  if (known !== undefined || !Object.hasOwn(EVENTS, type)) return known;
  const found: KnownType = { type: type as EventType, definition: EVENTS[type as EventType] };
  KNOWN.set(type, found);
  return found;
}

export function definitionOf(type: string): EventDefinition | undefined {
  return knownType(type)?.definition;
}

const RESERVED_JOBS = ['service.'];
const KINDS: readonly StreamKind[] = STREAMS;

export function typesOwnedBy(...owners: readonly string[]): readonly EventType[] {
  return KINDS.filter(({ owner }) => owners.includes(owner)).flatMap(
    ({ events }) => Object.keys(events) as EventType[],
  );
}

export const OWNED_JOBS: readonly string[] = [...KINDS.flatMap(({ jobs }) => jobs ?? []), ...RESERVED_JOBS];

export function isOwnedJob(jobId: string): boolean {
  return OWNED_JOBS.some((prefix) => jobId.startsWith(prefix));
}
