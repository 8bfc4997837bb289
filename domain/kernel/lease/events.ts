import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';

const tenure = z.strictObject({
  /** Name of the work that only one server does at a time. */
  name: z.string(),
  /** Id of the server that holds it, which stays the same across restarts on the same data directory. */
  holder: z.string(),
});

/** The newest event of `lease-<name>` is the whole state. A clear of the cluster does not affect it. */
export const leaseEvents = {
  LeaseTaken: event(tenure),
  LeaseRenewed: event(tenure),
  /** The holder has shut down, so another server may take over immediately. */
  LeaseReleased: event(tenure),
} as const;

export type LeaseEvent = EventsOf<typeof leaseEvents>;
