import { z } from 'zod';
import { registryHost, registryPassword, registryUsername } from '#domain/accounts/registry/index.js';
import { moment } from '#src/http/index.js';
import { nameOfActor } from '#src/features/visibility/index.js';

const username = registryUsername.meta({ description: 'Username for the registry', examples: ['robot'] });

export const registryBody = z
  .strictObject({
    username,
    password: registryPassword.meta({
      description: 'Password or token. Never shown',
      examples: ['kept to ourselves'],
    }),
  })
  .meta({
    id: 'RegistryLogin',
    description: 'Credential for pulling images',
    examples: [{ username: 'robot', password: 'kept to ourselves' }],
  });

export const registryView = z
  .object({
    host: z.string().meta({ examples: ['registry.example:5000'] }),
    username: z.string().meta({ examples: ['robot'] }),
    created_by: z.string().meta({ description: 'Id of the account that created the credential' }),
    created_at: moment,
    updated_by: z.string().meta({ description: 'Id of the account that last changed the credential' }),
    updated_by_name: nameOfActor,
    updated_at: moment,
  })
  .meta({ id: 'RegistryCredential', description: 'A credential without its password' });

export const registryList = z
  .object({ registries: z.array(registryView), total: z.number().int() })
  .meta({ id: 'RegistryList', description: 'Credentials of the tenant, by host' });

export const registryParams = z.object({ host: registryHost });
