import { z } from 'zod';
import { UuidNamespace } from '../name-uuid.js';
import { secretValue } from '../secret/index.js';

/** What a registry knows an account by. HTTP's own way to say it ends a name at a colon. */
export const registryUsername = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^:\u0000]*$/, 'must contain neither a colon nor NUL');
export const registryPassword = secretValue.min(1);

/** With what images of one registry are pulled. It is sealed as a whole. */
export const registryCredential = z.strictObject({
  username: registryUsername.meta({ description: 'Name of the account at the registry' }),
  password: registryPassword.meta({ description: 'Its password or token' }),
});
export type RegistryCredential = z.infer<typeof registryCredential>;

const TENANTS = new UuidNamespace('8c0e6b1d-43a7-5f0b-9d52-e1c6a7f20b94');

/** The stream of a tenant's registries, without its category. A tenant's id may be any text. */
export function registriesOfTenant(tenantId: string): string {
  return TENANTS.of(tenantId);
}

/** What a credential is sealed as: one that was set for a registry opens for no other. */
export function registryPurpose(host: string): string {
  return `registry.${host}`;
}
