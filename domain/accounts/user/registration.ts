import { z } from 'zod';
import { sealedText } from '../../kernel/sealing/sealed-text.js';
import { role } from './role.js';

/** The data of a new account, with personal data and secrets sealed. */
export const registration = z.strictObject({
  userId: z.string(),
  usernameReservation: z.string(),
  username: sealedText,
  password: sealedText,
  role,
  tenantId: z.string(),
  execute: z.literal(true).optional(),
  emailReservation: z.string().optional(),
  email: sealedText.optional(),
  fullName: sealedText.optional(),
  firstName: sealedText.optional(),
  lastName: sealedText.optional(),
});
export type UserRegistration = z.infer<typeof registration>;
