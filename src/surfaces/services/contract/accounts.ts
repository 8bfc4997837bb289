import { z } from 'zod';
import { moment, anyText, limit, newPassword, whole } from '#src/http/index.js';
import {
  PLAIN_NAME,
  PLAIN_NAME_RULE,
  VISIBLE_CHARACTER,
  VISIBLE_CHARACTER_RULE,
} from '#domain/kernel/plain-name.js';
import { role, username } from '#domain/accounts/user/index.js';

const MAX_NAME = 100;
const MAX_EMAIL = 254;

const password = newPassword('securepassword123');
const name = (example: string) =>
  z
    .string()
    .min(1)
    .max(MAX_NAME)
    .regex(PLAIN_NAME, PLAIN_NAME_RULE)
    .regex(VISIBLE_CHARACTER, VISIBLE_CHARACTER_RULE)
    .meta({ examples: [example] });
const email = z
  .email()
  .max(MAX_EMAIL)
  .meta({ description: 'Unique among accounts, ignoring case', examples: ['john@example.com'] });

export const registerBody = z
  .strictObject({
    username,
    email,
    password,
    first_name: name('John').optional(),
    last_name: name('Doe').optional(),
  })
  .meta({ id: 'RegisterRequest', description: 'A new account' });

export const loginBody = z
  .strictObject({
    username: anyText.meta({ examples: ['john_doe'] }),
    password: anyText.meta({ examples: ['securepassword123'] }),
  })
  .meta({ id: 'LoginRequest', description: 'The account to log in' });

export const refreshBody = z
  .strictObject({
    refresh_token: anyText.meta({ description: 'Refresh token from the login or the last refresh' }),
  })
  .meta({ id: 'RefreshRequest', description: 'Refresh token' });

export const profileBody = z
  .strictObject({
    first_name: name('John').optional(),
    last_name: name('Smith').optional(),
    email: email.optional(),
  })
  .meta({ id: 'UpdateUserRequest', description: 'Omitted fields are unchanged' });

export const roleBody = z
  .strictObject({ role })
  .meta({ id: 'UpdateRoleRequest', description: 'New role of the account' });

const base = {
  id: z
    .string()
    .meta({ description: 'Id of the account', examples: ['550e8400-e29b-41d4-a716-446655440000'] }),
  username: z
    .string()
    .meta({ description: '`erased` once the account has been erased', examples: ['john_doe'] }),
  email: z
    .string()
    .nullable()
    .meta({ examples: ['john@example.com'] }),
};
const names = { first_name: z.string().nullable(), last_name: z.string().nullable() };
const rights = { role, is_active: z.boolean() };
const tenant = {
  tenant_id: z
    .string()
    .meta({ description: 'Id of the tenant, or a UUID derived from it if the id is not a UUID' }),
};

const registeredUser = z
  .object({ ...base, ...names, ...rights, created_at: moment, updated_at: moment })
  .meta({ id: 'RegisteredUser', description: 'The new account' });
const loggedInUser = z
  .object({ ...base, ...rights })
  .meta({ id: 'LoggedInUser', description: 'The account' });
const refreshedUser = z
  .object({ ...base, role })
  .meta({ id: 'RefreshedUser', description: "The token's account" });

export const registered = z
  .object({ message: z.literal('User registered successfully'), user: registeredUser })
  .meta({ id: 'RegisterResponse', description: 'The account was created' });

const tokens = {
  token: z.string().meta({ description: 'Bearer token, valid until `expires_at` or until its session ends' }),
  refresh_token: z.string().meta({ description: 'Token for the next refresh. Valid once, for 30 days' }),
};
export const loggedIn = z
  .object({ ...tokens, user: loggedInUser, expires_at: moment })
  .meta({ id: 'LoginResponse', description: 'A session with a refresh token' });
export const refreshed = z
  .object({ ...tokens, user: refreshedUser, expires_at: moment })
  .meta({ id: 'RefreshResponse', description: 'The session continues' });

export const userView = z
  .object({ ...base, ...names, ...rights, ...tenant, created_at: moment, updated_at: moment })
  .meta({ id: 'Account', description: 'An account' });
export const updatedUser = z
  .object({ ...base, ...names, ...rights, updated_at: moment })
  .meta({ id: 'UpdatedUser', description: 'The changed account' });

const MAX_PAGE = 1000;
export const usersQuery = z.strictObject({
  limit: limit(MAX_PAGE, 10),
  offset: whole(0).default(0).meta({ description: 'Number of items to skip' }),
  search: z
    .string()
    .max(MAX_EMAIL)
    .optional()
    .meta({ description: 'Extension. Only the account with exactly this username or e-mail address' }),
});
export const userList = z
  .object({
    users: z.array(userView),
    total: z.number().int().meta({ description: 'Total number of accounts, or of search results' }),
    limit: z.number().int(),
    offset: z.number().int(),
  })
  .meta({ id: 'AccountList', description: 'Accounts in order of creation' });
export const userParams = z.object({ id: z.string().max(256).meta({ description: 'User ID (UUID)' }) });
