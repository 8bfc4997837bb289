import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';

const attempt = {
  /** Id of the account. Null if none is known, such as for a name that does not exist. What was typed as a name or password is never recorded. */
  account: z.string().nullable(),
  /** Pseudonym of the client's address. Absent if attempts from many addresses are counted together. */
  address: z.string().max(64).optional(),
  /** Number of such attempts since the previous event. */
  count: z.number().int().positive(),
};
const ofRoute = {
  ...attempt,
  /** Method and path pattern of the latest attempt. */
  route: z.string().max(300),
};

/** Stream `attempt-<account>`, or `attempt-unknown`. Each event is recorded at most once a minute per account and address. */
export const attemptEvents = {
  /** A wrong password, a name that does not exist, or a login that was refused with 429 after too many failures. */
  LoginFailed: event(z.strictObject(attempt)),
  /** A request with an invalid or expired token, key or session. */
  CredentialRefused: event(z.strictObject(ofRoute)),
  /** A request that the account has no right to. */
  AccessDenied: event(z.strictObject(ofRoute)),
  /** A response that contains values of secrets, or says who uses a secret. */
  SecretRead: event(z.strictObject(ofRoute)),
} as const;

export type AttemptEvent = EventsOf<typeof attemptEvents>;
