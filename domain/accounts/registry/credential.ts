import { z } from 'zod';
import { UuidNamespace } from '../../kernel/name-uuid.js';
import { secretValue } from '../secret/index.js';

/** User name on the registry. A colon would end it in HTTP basic authentication. */
export const registryUsername = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^:\u0000]*$/, 'must contain neither a colon nor NUL');
export const registryPassword = secretValue.min(1);

export const registryCredential = z.strictObject({
  username: registryUsername.meta({ description: 'Account name at the registry' }),
  password: registryPassword.meta({ description: 'Password or token of the account' }),
});
export type RegistryCredential = z.infer<typeof registryCredential>;

const TENANTS = new UuidNamespace('8c0e6b1d-43a7-5f0b-9d52-e1c6a7f20b94');

/** Stream id of a tenant's registries. Hashed, because a tenant id can be any string. */
export function registriesOfTenant(tenantId: string): string {
  return TENANTS.of(tenantId);
}

/** Binds the sealed credential to its registry, so it cannot be opened for a different one. */
export function registryPurpose(host: string): string {
  return `registry.${host}`;
}
