import { z } from 'zod';
import { MAX_SECRET, secretName, secretValue } from '#domain/accounts/secret/index.js';
import { paging } from './envelope.js';
import { moment } from '#src/http/index.js';
import { nameOfActor } from '#src/features/visibility/index.js';

const name = secretName.meta({
  description: 'Name of the secret within the tenant',
  examples: ['db-password'],
});
const account = (what: string) =>
  z.string().meta({ description: `Id of the account that ${what} set the secret` });

export const secretBody = z
  .strictObject({
    value: secretValue.meta({
      description: `At most ${MAX_SECRET} characters. Never shown`,
      examples: ['kept to ourselves'],
    }),
  })
  .meta({
    id: 'SecretRequest',
    description: 'Value of the secret',
    examples: [{ value: 'kept to ourselves' }],
  });

export const secretView = z
  .object({
    name,
    version: z
      .number()
      .int()
      .meta({ description: 'Number of times the secret was set', examples: [1] }),
    created_by: account('first'),
    created_at: moment,
    updated_by: account('last'),
    updated_by_name: nameOfActor,
    updated_at: moment,
  })
  .meta({ id: 'Secret', description: 'A secret without its value' });

const users = z
  .array(
    z
      .object({ id: z.number().int(), name: z.string() })
      .meta({ id: 'SecretTask', description: 'A task that uses the secret' }),
  )
  .meta({ description: 'Tasks of the tenant that use the secret, at most 100' });

export const secretDetail = secretView
  .extend({ tasks: users })
  .meta({ id: 'SecretDetail', description: 'A secret and the tasks that use it' });
export const removedSecret = z
  .object({ name, tasks: users })
  .meta({ id: 'RemovedSecret', description: 'Tasks that use a removed secret' });

/** The syntax of names is not checked here, because a secret with an invalid name cannot be found. */
export const secretParams = z.object({
  name: z
    .string()
    .max(256)
    .meta({ description: 'Name of the secret', examples: ['db-password'] }),
});
export const namedSecretParams = z.object({ name });
export const secretQuery = z.strictObject({ ...paging });
