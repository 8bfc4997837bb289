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

export function definitionOf(type: string): EventDefinition | undefined {
  return Object.hasOwn(EVENTS, type) ? EVENTS[type as EventType] : undefined;
}

/** Kept for what is to come, so that nobody begins to use them. */
const RESERVED_JOBS = ['task.', 'conda.', 'service.'];
const KINDS: readonly StreamKind[] = STREAMS;

/** How the ids of jobs that surfaces own begin. */
export const OWNED_JOBS: readonly string[] = [...KINDS.flatMap(({ jobs }) => jobs ?? []), ...RESERVED_JOBS];

/** Whether a job is owned by something else than who submits jobs, by its id. */
export function isOwnedJob(jobId: string): boolean {
  return OWNED_JOBS.some((prefix) => jobId.startsWith(prefix));
}
