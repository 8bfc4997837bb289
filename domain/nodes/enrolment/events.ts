import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { identifier } from '../../kernel/identifier.js';
import { addressDigest } from '../../kernel/address-digest.js';
import { hostname } from './hostname.js';

export const enrolmentEvents = {
  NodeEnrolled: event(
    z.strictObject({
      nodeId: identifier,
      hostname,
      /** A keyed digest of the address that announced the name. Absent in events from before addresses were recorded. */
      address: addressDigest.optional(),
    }),
  ),
  NodeForgotten: event(z.strictObject({ nodeId: identifier })),
  NodeSecretUsed: event(z.strictObject({ nodeId: identifier })),
  NodeSecretRevoked: event(z.strictObject({ nodeId: identifier }), { ending: true }),
} as const;

export type EnrolmentEvent = EventsOf<typeof enrolmentEvents>;
