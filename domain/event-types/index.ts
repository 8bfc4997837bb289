export * from '../kernel/published-event.js';
export { readMetadata } from '../kernel/event/index.js';
export * from '../kernel/catalog/index.js';
export { causesOf } from '../explain/causes.js';
export { referenceText, type Reference } from '../explain/reference.js';
export * from '../all-events.js';
import { EVENT_CATALOG, type MusterEvent, type RecordedMusterEvent } from '../all-events.js';
import type { RecordedEvent } from '../kernel/ports/event-store.js';
import { STREAMS } from '../all-events.js';
import type { StreamKind } from '../kernel/event/index.js';
export type EventType = MusterEvent['type'];
export const { encode, isOurs, isOwnStream, ownershipOf, isOwnedJob } = EVENT_CATALOG;
export const decode = EVENT_CATALOG.decode as (r: RecordedEvent) => RecordedMusterEvent;
export const decodeOurs = EVENT_CATALOG.decodeOurs as (r: RecordedEvent) => RecordedMusterEvent | undefined;
export const decodeToDecide = EVENT_CATALOG.decodeToDecide as (r: RecordedEvent) => RecordedMusterEvent | undefined;
export const EVENTS = EVENT_CATALOG.events;
export const AGGREGATES = EVENT_CATALOG.aggregates;
export const ALL_CATEGORIES = EVENT_CATALOG.categories;
export const OWNED_JOBS = EVENT_CATALOG.ownedJobs;
export const knownType = (type: string) => Object.hasOwn(EVENTS, type) ? { type: type as EventType, definition: EVENTS[type as EventType] } : undefined;
export const definitionOf = (type: string) => knownType(type)?.definition;
export function typesOwnedBy(...owners: readonly string[]): readonly EventType[] {
  return (STREAMS as readonly StreamKind[]).filter(({ owner }) => owners.includes(owner)).flatMap(({ events }) => Object.keys(events) as EventType[]);
}
