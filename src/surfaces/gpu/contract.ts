import { z } from 'zod';
import { anyText, newPassword } from '#src/http/index.js';
import {
  PLAIN_NAME,
  PLAIN_NAME_RULE,
  VISIBLE_CHARACTER,
  VISIBLE_CHARACTER_RULE,
} from '#domain/kernel/plain-name.js';
import { ROLES, role, username } from '#domain/accounts/user/index.js';

const plainName = z
  .string()
  .regex(PLAIN_NAME, PLAIN_NAME_RULE)
  .regex(VISIBLE_CHARACTER, VISIBLE_CHARACTER_RULE);
const password = newPassword();
const id = z
  .string()
  .meta({ description: 'Id of the account', examples: ['0b9e4a52-54a7-4c5c-9d8c-5b6ad0d7a001'] });

export const registerBody = z.strictObject({ username, password }).meta({
  id: 'AccountRegistration',
  description: 'A new account',
  examples: [{ username: 'newuser', password: 'password123' }],
});

export const loginBody = z
  .strictObject({
    username: anyText.meta({ examples: ['testuser'] }),
    password: anyText.meta({ examples: ['password123'] }),
  })
  .meta({
    id: 'Login',
    description: 'The account to log in',
    examples: [{ username: 'testuser', password: 'password123' }],
  });

export const registered = z
  .object({
    id,
    user_id: z
      .number()
      .int()
      .meta({ description: 'Account number', examples: [1] }),
    username: z.string().meta({ examples: ['newuser'] }),
    role,
  })
  .meta({ id: 'Registered', description: 'The account' });

export const loggedIn = z
  .object({
    token: z.string().meta({
      description: 'Bearer token, valid for 24 hours or until its session ends',
      examples: ['eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzaWQiOiIuLi4ifQ.c2lnbmF0dXJl'],
    }),
  })
  .meta({ id: 'LoggedIn', description: 'A session' });

const unixTime = z.number().meta({ description: 'Unix time in seconds', examples: [1763625600.25] });

export const userView = z
  .object({
    id,
    user_id: z
      .number()
      .int()
      .nullable()
      .meta({
        description: 'Account number; null until the registration is complete',
        examples: [1],
      }),
    username: z.string().meta({ description: '`erased` if the account was erased', examples: ['newuser'] }),
    email: z.string().nullable(),
    full_name: z.string().nullable(),
    role,
    tenant_id: z.string(),
    active: z.boolean(),
    erased: z.boolean(),
    execute: z.boolean().meta({
      description:
        'Whether the account was granted the right to run processes on workers. Administrators always have this right',
    }),
    created_at: unixTime,
    updated_at: unixTime,
  })
  .meta({ id: 'User', description: 'An account' });

export const userList = z
  .object({ users: z.array(userView), count: z.number().int() })
  .meta({ id: 'UserList', description: 'Accounts in order of creation' });

export const createUserBody = z
  .strictObject({
    username,
    password,
    role: z.enum(ROLES).default('user'),
    tenant_id: plainName.min(1).max(100).optional().meta({ description: 'Tenant id. Default: a new tenant' }),
    email: z.email().max(254).optional(),
    full_name: plainName.min(1).max(200).optional(),
  })
  .meta({
    id: 'UserCreation',
    description: 'An account to create',
    examples: [{ username: 'newuser', password: 'password123', role: 'user' }],
  });

export const roleBody = z
  .strictObject({ role })
  .meta({ id: 'RoleChange', description: 'New role of the account', examples: [{ role: 'tenant_admin' }] });
export const executionBody = z.strictObject({ execute: z.boolean() }).meta({
  id: 'ExecutionChange',
  description: 'Whether the account may run processes on workers',
  examples: [{ execute: true }],
});
export const passwordBody = z.strictObject({ password }).meta({
  id: 'PasswordReset',
  description: 'A new password. Setting it ends all sessions',
  examples: [{ password: 'password456' }],
});

export const ownPasswordBody = z
  .strictObject({
    current_password: anyText.meta({ description: 'The current password', examples: ['password123'] }),
    password,
  })
  .meta({
    id: 'PasswordChange',
    description: 'A new password for your own account. Setting it ends all sessions',
    examples: [{ current_password: 'password123', password: 'password456' }],
  });

const keyBodyFor = (surfaces: readonly string[]) =>
  z
    .strictObject({
      name: plainName
        .min(1)
        .max(100)
        .meta({ description: 'Purpose of the key', examples: ['ci'] }),
      scopes: z
        .array(z.enum([...surfaces, '*']))
        .min(1)
        .max(16)
        .meta({ description: 'Surfaces where the key is valid; `*` for all', examples: [['cluster']] }),
      expires_in_seconds: z.number().int().min(1).max(315_360_000).optional(),
    })
    .meta({
      id: 'ApiKeyRequest',
      description: 'An API key to create',
      examples: [{ name: 'ci', scopes: ['cluster'] }],
    });

const keyBodies = new Map<string, ReturnType<typeof keyBodyFor>>();

/** `surfaces`: surfaces that a key can be for. Cached by these names, because each component of the description must have a unique name. */
export function apiKeyBody(surfaces: readonly string[]): ReturnType<typeof keyBodyFor> {
  const body = keyBodies.get(surfaces.join()) ?? keyBodyFor(surfaces);
  keyBodies.set(surfaces.join(), body);
  return body;
}

const apiKey = {
  id: z.string().meta({ description: 'Id of the key' }),
  name: z.string().meta({ examples: ['ci'] }),
  scopes: z.array(z.string()),
  created_at: unixTime,
  expires_at: unixTime.nullable(),
};
export const apiKeyView = z
  .object(apiKey)
  .meta({ id: 'ApiKey', description: 'An API key without its secret' });
export const apiKeyIssued = z
  .object({
    id: apiKey.id,
    api_key: z.string().meta({ description: 'Shown only once', examples: ['mus_…'] }),
  })
  .meta({ id: 'ApiKeyIssued', description: 'A new API key' });
export const apiKeyList = z
  .object({ api_keys: z.array(apiKeyView), count: z.number().int() })
  .meta({ id: 'ApiKeyList', description: 'The API keys of the account' });

export const params = {
  user: z.object({ id: z.string().max(256) }),
  apiKey: z.object({ key_id: z.string().max(256) }),
};
