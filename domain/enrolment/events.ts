import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';
import { identifier } from '../job/identifier.js';

export const enrolmentEvents = {
  /** The node has used the secret that its registration gave it: from now on its id answers to nothing else. */
  NodeSecretUsed: event(z.strictObject({ nodeId: identifier })),
} as const;

export type EnrolmentEvent = EventsOf<typeof enrolmentEvents>;
