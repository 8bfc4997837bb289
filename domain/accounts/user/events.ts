import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { sealedText } from '../../kernel/sealing/sealed-text.js';
import { registration } from './registration.js';
import { role } from './role.js';

const ofUser = z.strictObject({ userId: z.string() });
/** The end of an account. `heir` is the account of its tenant that takes over its services and tasks. Without it, they end. */
const ended = ofUser.extend({ heir: z.string().optional() });

export const userEvents = {
  UserRegistered: event(registration.extend({ number: z.number().int().positive() })),
  UserRoleChanged: event(ofUser.extend({ role })),
  ExecutionGranted: event(ofUser),
  ExecutionRevoked: event(ofUser, { ending: true }),
  UserProfileChanged: event(
    ofUser.extend({
      firstName: sealedText.optional(),
      lastName: sealedText.optional(),
      email: sealedText.optional(),
      emailReservation: z.string().optional(),
    }),
  ),
  UserPasswordSet: event(ofUser.extend({ password: sealedText })),
  UserDeactivated: event(ended, { ending: true }),
  UserReactivated: event(ofUser),
  /** Deletes the sealing key, so that personal data in the history becomes unreadable. */
  UserErased: event(ended),
  /** `hash` is the sealed hash of the key. The key itself is shown once and never stored. `expiresAt` is in milliseconds since the epoch. */
  ApiKeyIssued: event(
    ofUser.extend({
      keyId: z.string(),
      name: sealedText,
      hash: sealedText,
      scopes: z.array(z.string().max(64)).min(1).max(16),
      expiresAt: z.number().int().positive().optional(),
    }),
  ),
  ApiKeyRevoked: event(ofUser.extend({ keyId: z.string() }), { ending: true }),
} as const;

export type UserEvent = EventsOf<typeof userEvents>;
