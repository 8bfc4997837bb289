import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';

const tenure = z.strictObject({
  /** What is held: the name of a work that one server does at a time. */
  name: z.string(),
  /** Id of the server that holds it; the same after a new start on the same data directory. */
  holder: z.string(),
});

/** Who does what only one server may do at a time. The newest event of `lease-<name>` says it all; a clear of the cluster does not concern it. */
export const leaseEvents = {
  LeaseTaken: event(tenure),
  /** Its holder lives. */
  LeaseRenewed: event(tenure),
  /** Its holder has stopped for good: anybody may take it at once. */
  LeaseReleased: event(tenure),
} as const;

export type LeaseEvent = EventsOf<typeof leaseEvents>;
