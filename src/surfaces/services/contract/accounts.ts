import { z } from 'zod';
import { moment } from '#src/surfaces/kit/index.js';
import { PLAIN_NAME, PLAIN_NAME_RULE, VISIBLE_CHARACTER, VISIBLE_CHARACTER_RULE } from '#domain/plain-name.js';
import { role, username } from '#domain/user/index.js';
import { MAX_PASSWORD, MIN_PASSWORD, passwordProblem } from '#domain/user/password.js';

/** Longer texts need no error of their own: the name, password or token is simply wrong. */
const anyText = z.string().max(100_000);
const MAX_NAME = 100;
const MAX_EMAIL = 254;

const password = z
  .string()
  .superRefine((text, context) => {
    const problem = passwordProblem(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({ description: '8 to 128 characters, all of which count', minLength: MIN_PASSWORD, maxLength: MAX_PASSWORD, examples: ['securepassword123'] });
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
  .meta({ description: 'Of one account alone, whatever its case', examples: ['john@example.com'] });

export const registerBody = z
  .strictObject({ username, email, password, first_name: name('John').optional(), last_name: name('Doe').optional() })
  .meta({ id: 'RegisterRequest', description: 'A new account' });

export const loginBody = z
  .strictObject({ username: anyText.meta({ examples: ['john_doe'] }), password: anyText.meta({ examples: ['securepassword123'] }) })
  .meta({ id: 'LoginRequest', description: 'Who logs in' });

export const refreshBody = z
  .strictObject({ refresh_token: anyText.meta({ description: 'That of the login, or of the last refresh' }) })
  .meta({ id: 'RefreshRequest', description: 'What the next token is asked for with' });

export const profileBody = z
  .strictObject({ first_name: name('John').optional(), last_name: name('Smith').optional(), email: email.optional() })
  .meta({ id: 'UpdateUserRequest', description: 'What is absent stays as it is' });

export const roleBody = z.strictObject({ role }).meta({ id: 'UpdateRoleRequest', description: 'What the account may do from now on' });

const base = {
  id: z.string().meta({ description: 'Id of the account', examples: ['550e8400-e29b-41d4-a716-446655440000'] }),
  username: z.string().meta({ description: '`erased` once the account was erased', examples: ['john_doe'] }),
  email: z
    .string()
    .nullable()
    .meta({ examples: ['john@example.com'] }),
};
const names = { first_name: z.string().nullable(), last_name: z.string().nullable() };
const rights = { role, is_active: z.boolean() };
const tenant = { tenant_id: z.string().meta({ description: 'A tenant that has no UUID is shown by one that is made of its id' }) };

const registeredUser = z
  .object({ ...base, ...names, ...rights, created_at: moment, updated_at: moment })
  .meta({ id: 'RegisteredUser', description: 'The new account' });
const loggedInUser = z.object({ ...base, ...rights }).meta({ id: 'LoggedInUser', description: 'Who logged in' });
const refreshedUser = z.object({ ...base, role }).meta({ id: 'RefreshedUser', description: 'Whose token it is' });

export const registered = z
  .object({ message: z.literal('User registered successfully'), user: registeredUser })
  .meta({ id: 'RegisterResponse', description: 'The account is made' });

const tokens = {
  token: z.string().meta({ description: 'Bearer token, good until `expires_at` unless its session ends before' }),
  refresh_token: z.string().meta({ description: 'Gets the next token, once, within 30 days' }),
};
export const loggedIn = z.object({ ...tokens, user: loggedInUser, expires_at: moment }).meta({ id: 'LoginResponse', description: 'A session that can go on' });
export const refreshed = z.object({ ...tokens, user: refreshedUser, expires_at: moment }).meta({ id: 'RefreshResponse', description: 'The session goes on' });

export const userView = z
  .object({ ...base, ...names, ...rights, ...tenant, created_at: moment, updated_at: moment })
  .meta({ id: 'Account', description: 'An account' });
export const updatedUser = z.object({ ...base, ...names, ...rights, updated_at: moment }).meta({ id: 'UpdatedUser', description: 'The account as it is now' });

const MAX_PAGE = 1000;
export const usersQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(10).meta({ description: 'At most so many' }),
  offset: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).meta({ description: 'So many are passed over first' }),
  search: z.string().max(MAX_EMAIL).optional().meta({ description: 'Ours: only the account with this username or e-mail address, each as a whole' }),
});
export const userList = z
  .object({
    users: z.array(userView),
    total: z.number().int().meta({ description: 'Of all that there are, or that are searched for' }),
    limit: z.number().int(),
    offset: z.number().int(),
  })
  .meta({ id: 'AccountList', description: 'Accounts, in the order in which they were made' });
export const userParams = z.object({ id: z.string().max(256).meta({ description: 'User ID (UUID)' }) });
