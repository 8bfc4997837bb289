import { z } from 'zod';
import { anyText, newPassword } from '#src/http/index.js';
import { username } from '#domain/accounts/user/index.js';

export const loginBody = z
  .strictObject({
    username: anyText.meta({ examples: ['testuser'] }),
    password: anyText.meta({ examples: ['password123'] }),
  })
  .meta({
    id: 'SessionLogin',
    description: 'The account to log in',
    examples: [{ username: 'testuser', password: 'password123' }],
  });

const account = z
  .object({
    username: z.string().meta({ examples: ['testuser'] }),
    is_admin: z.boolean().meta({ description: 'Whether the account has the role `admin`' }),
  })
  .meta({ id: 'SessionUser', description: 'An account' });

export const loggedIn = z
  .object({ message: z.literal('Login successful'), user: account })
  .meta({ id: 'SessionOpened', description: 'The session was opened' });

export const loggedOut = z
  .object({ message: z.literal('Logout successful') })
  .meta({ id: 'LoggedOut', description: 'The session was ended' });

const password = newPassword();

export const createUserBody = z
  .strictObject({
    username,
    password,
    is_admin: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether the account gets the role `admin` instead of `user`' }),
  })
  .meta({
    id: 'AccountCreation',
    description: 'A new account',
    examples: [{ username: 'newuser', password: 'password123', is_admin: false }],
  });

export const userCreated = z
  .object({ message: z.literal('User created successfully'), user: account })
  .meta({ id: 'UserCreated', description: 'The account was created' });
