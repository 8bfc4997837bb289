import { z } from 'zod';
import { sealedText } from '../sealing/sealed-text.js';
import { role } from './role.js';

/** All that makes an account, with what is personal or secret sealed. */
export const registration = z.strictObject({
  userId: z.string(),
  /** Reservation of the name: the id of its stream, which says nothing without the key that it was made with. */
  usernameReservation: z.string(),
  username: sealedText,
  /** The password's hash. */
  password: sealedText,
  role,
  tenantId: z.string(),
  /** An administrator made it: it may run processes on workers, until that is taken from it. */
  execute: z.literal(true).optional(),
  emailReservation: z.string().optional(),
  email: sealedText.optional(),
  fullName: sealedText.optional(),
  firstName: sealedText.optional(),
  lastName: sealedText.optional(),
});
export type UserRegistration = z.infer<typeof registration>;
