import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { identifier } from '../../kernel/identifier.js';
import { addressDigest } from '../../kernel/address-digest.js';
import { hostname } from './hostname.js';

/** The stream `enrolment-<node id>` outlives clears: a machine keeps its name and secret. */
export const enrolmentEvents = {
  NodeEnrolled: event(
    z.strictObject({
      nodeId: identifier,
      hostname,
      /** A keyed digest of the address that announced the name. Absent in events from before addresses were recorded. */
      address: addressDigest.optional(),
    }),
  ),
  /** The name of a machine that never joined was removed, by an administrator or to make room for newer ones from its address. */
  NodeForgotten: event(z.strictObject({ nodeId: identifier })),
  /** The node used the secret from its registration, which from now on is required for its id. */
  NodeSecretUsed: event(z.strictObject({ nodeId: identifier })),
  /** An administrator revoked the node's secret; with the join token it can get a new one. */
  NodeSecretRevoked: event(z.strictObject({ nodeId: identifier })),
} as const;

export type EnrolmentEvent = EventsOf<typeof enrolmentEvents>;
