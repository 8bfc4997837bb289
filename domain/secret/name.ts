import { z } from 'zod';
import { UuidNamespace } from '../name-uuid.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../plain-name.js';

/** A secret's name within its tenant. */
export const secretName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/, 'must match [A-Za-z0-9_][A-Za-z0-9._-]{0,63}');

/** Characters of a value: no more than a variable of a task can hold. */
export const MAX_SECRET = 32_768;
export const secretValue = z.string().max(MAX_SECRET, `must have at most ${MAX_SECRET} characters`).regex(PLAIN_NAME, PLAIN_NAME_RULE);

/** In place of a text: the value that the tenant's secret of this name has when the text is used. */
export const secretReference = z.strictObject({ secret: secretName });
export type SecretReference = z.infer<typeof secretReference>;

const TENANTS = new UuidNamespace('5d1c2f0e-6a3b-5b52-8a7f-2d9f4e1b7c30');

/** The stream of a tenant's secrets, without its category. A tenant's id may be any text. */
export function secretsOfTenant(tenantId: string): string {
  return TENANTS.of(tenantId);
}

/** What a value is sealed as: one that was set under a name opens under no other. */
export function secretPurpose(name: string): string {
  return `secret.${name}`;
}
