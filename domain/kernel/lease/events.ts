import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';

const tenure = z.strictObject({
  name: z.string(),
  holder: z.string(),
});

/** The latest event of `lease-<name>` is the whole state. Clearing the cluster does not affect it. */
export const leaseEvents = {
  LeaseTaken: event(tenure, { ending: true }),
  LeaseRenewed: event(tenure, { ending: true }),
  /** The holder has shut down, so another server may take over immediately. */
  LeaseReleased: event(tenure, { ending: true }),
} as const;

export type LeaseEvent = EventsOf<typeof leaseEvents>;
