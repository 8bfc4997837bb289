import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';
import { identifier } from '../identifier.js';
import { addressDigest } from '../address-digest.js';
import { hostname } from './hostname.js';

/** Stream `enrolment-<node id>`. It outlives clears: a machine keeps its name and its secret whatever is cleared. */
export const enrolmentEvents = {
  /** A machine has made itself known by its name, and this is the id of its node from now on. */
  NodeEnrolled: event(
    z.strictObject({
      nodeId: identifier,
      hostname,
      /** A keyed digest of the address that said it: it says nothing without the data key. Absent: written before addresses counted. */
      address: addressDigest.optional(),
    }),
  ),
  /** The name of a machine that did not join was forgotten: by an administrator, or because newer ones of its address took its place. */
  NodeForgotten: event(z.strictObject({ nodeId: identifier })),
  /** The node has used the secret that its registration gave it: from now on its id answers to nothing else. */
  NodeSecretUsed: event(z.strictObject({ nodeId: identifier })),
  /** An administrator has taken the node's secret back: the join token is good for it again, and gives it another one. */
  NodeSecretRevoked: event(z.strictObject({ nodeId: identifier })),
} as const;

export type EnrolmentEvent = EventsOf<typeof enrolmentEvents>;
