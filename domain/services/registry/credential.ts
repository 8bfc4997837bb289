import { z } from 'zod';
import { UuidNamespace } from '../../kernel/name-uuid.js';
import { secretValue } from '../../accounts/secret/index.js';

/** User name on the registry. HTTP basic authentication ends it at a colon. */
export const registryUsername = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^:\u0000]*$/, 'must contain neither a colon nor NUL');
export const registryPassword = secretValue.min(1);

/** Credential for pulling images from one registry; sealed as a whole. */
export const registryCredential = z.strictObject({
  username: registryUsername.meta({ description: 'Name of the account at the registry' }),
  password: registryPassword.meta({ description: 'Its password or token' }),
});
export type RegistryCredential = z.infer<typeof registryCredential>;

const TENANTS = new UuidNamespace('8c0e6b1d-43a7-5f0b-9d52-e1c6a7f20b94');

/** Stream id of a tenant's registries. It is hashed, because tenant ids may be any text. */
export function registriesOfTenant(tenantId: string): string {
  return TENANTS.of(tenantId);
}

/** Binds the sealed credential to its registry: it cannot be opened for another one. */
export function registryPurpose(host: string): string {
  return `registry.${host}`;
}
