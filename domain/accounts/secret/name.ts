import { z } from 'zod';
import { UuidNamespace } from '../../kernel/name-uuid.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../../kernel/plain-name.js';

export const secretName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/, 'must match [A-Za-z0-9_][A-Za-z0-9._-]{0,63}');

export const MAX_SECRET = 32_768;
export const secretValue = z
  .string()
  .max(MAX_SECRET, `must be at most ${MAX_SECRET} characters long`)
  .regex(PLAIN_NAME, PLAIN_NAME_RULE);

/** Refers to a secret of the tenant. On use, the secret's current value replaces the reference. */
export const secretReference = z.strictObject({ secret: secretName });
export type SecretReference = z.infer<typeof secretReference>;

const TENANTS = new UuidNamespace('5d1c2f0e-6a3b-5b52-8a7f-2d9f4e1b7c30');

/** Stream id of a tenant's secrets. Hashed, because a tenant id can be any string. */
export function secretsOfTenant(tenantId: string): string {
  return TENANTS.of(tenantId);
}

/** Binds a sealed value to its name, so it cannot be opened under a different name. */
export function secretPurpose(name: string): string {
  return `secret.${name}`;
}
