import type { AnyAggregate, EventDefinition, EventsOf, Recorded, StreamKind } from '../event/index.js';
import { STREAMS } from './list.js';

type AllOf<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void ? All : never;

/** Every event type there is, by name. */
export const EVENTS = Object.assign({}, ...STREAMS.map(({ events }) => events)) as AllOf<(typeof STREAMS)[number]['events']>;

export type EventType = keyof typeof EVENTS;

/** Any event, not yet recorded. */
export type MusterEvent = EventsOf<typeof EVENTS>;

/** Any event, as a fold sees it. */
export type RecordedMusterEvent = Recorded<MusterEvent>;

/** Every aggregate: the streams that commands are decided on. */
export const AGGREGATES: readonly AnyAggregate[] = STREAMS.flatMap((kind) => ('decider' in kind ? [kind as AnyAggregate] : []));

/** A type of event that this program knows. */
export interface KnownType {
  /** Always the same text: what was read from a log is compared letter by letter, this one by its identity. */
  readonly type: EventType;
  readonly definition: EventDefinition;
}

const KNOWN = new Map<string, KnownType>();

/** Undefined: this program does not know it. */
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

/** Kept for what is to come, so that nobody begins to use them. */
const RESERVED_JOBS = ['service.'];
const KINDS: readonly StreamKind[] = STREAMS;

/** The types of events that stand in streams of these rooms, as aggregates name their owners. */
export function typesOwnedBy(...owners: readonly string[]): readonly EventType[] {
  return KINDS.filter(({ owner }) => owners.includes(owner)).flatMap(({ events }) => Object.keys(events) as EventType[]);
}

/** How the ids of jobs that surfaces own begin. */
export const OWNED_JOBS: readonly string[] = [...KINDS.flatMap(({ jobs }) => jobs ?? []), ...RESERVED_JOBS];

/** Whether a job is owned by something else than who submits jobs, by its id. */
export function isOwnedJob(jobId: string): boolean {
  return OWNED_JOBS.some((prefix) => jobId.startsWith(prefix));
}
