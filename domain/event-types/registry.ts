import { claimEvents } from '../claim/events.js';
import { clusterEvents } from '../cluster/events.js';
import { counterEvents } from '../counter/events.js';
import { enrolmentEvents } from '../enrolment/events.js';
import { jobEvents } from '../job/events.js';
import { leaseEvents } from '../lease/events.js';
import { nodeEvents } from '../node/events.js';
import { reservationEvents } from '../reservation/events.js';
import { planEvents } from '../plan-log/events.js';
import { sessionEvents } from '../session/events.js';
import { templateEvents } from '../template/events.js';
import { tenantEvents } from '../tenant/events.js';
import { userEvents } from '../user/events.js';
import type { EventDefinition, EventsOf } from '../event/definition.js';
import type { Recorded } from '../event/recorded.js';

/** Every event type there is, by name. */
export const EVENTS = {
  ...clusterEvents,
  ...jobEvents,
  ...leaseEvents,
  ...nodeEvents,
  ...planEvents,
  ...templateEvents,
  ...userEvents,
  ...tenantEvents,
  ...reservationEvents,
  ...sessionEvents,
  ...counterEvents,
  ...enrolmentEvents,
  ...claimEvents,
} as const;

export type EventType = keyof typeof EVENTS;

/** Any event, not yet recorded. */
export type MusterEvent = EventsOf<typeof EVENTS>;

/** Any event, as a fold sees it. */
export type RecordedMusterEvent = Recorded<MusterEvent>;

export function definitionOf(type: string): EventDefinition | undefined {
  return Object.hasOwn(EVENTS, type) ? EVENTS[type as EventType] : undefined;
}
