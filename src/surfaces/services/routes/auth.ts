import { addressKey } from '#src/accounts/index.js';
import { access, errors, json, limitPerAddress, type Scope, wireTime } from '#src/http/index.js';
import { viewUser } from '../account-view.js';
import {
  loggedIn,
  loginBody,
  refreshBody,
  refreshed,
  registerBody,
  registered,
} from '../contract/accounts.js';
import type { ServicesSurface } from '../surface.js';

const tags = ['auth'];

export function authBodies(scope: Scope, surface: ServicesSurface): void {
  const { identity } = surface.parts;
  const { refreshes, registrations, users } = identity;

  scope.post(
    '/api/v1/auth/register',
    {
      config: access.anyone,
      onRequest: limitPerAddress(identity, 'registrations'),
      schema: {
        tags,
        operationId: 'services_register',
        summary: 'Register an account',
        description:
          'Creates an account with the role `user` in a new tenant. Names and addresses are not case-sensitive. Refused if registration is closed (`MUSTER_REGISTRATION`), which is the default on servers that other machines can reach.',
        body: registerBody,
        response: { 201: json('The account was created', registered), ...errors(403) },
      },
    },
    async (request, reply) => {
      const { username, email, password, first_name: firstName, last_name: lastName } = request.body;
      const names = {
        ...(firstName !== undefined && { firstName }),
        ...(lastName !== undefined && { lastName }),
      };
      const made = await registrations.registerSelf(
        { username, email, password, ...names },
        surface.context(request),
      );
      await surface.written(reply, made.position);
      const { tenant_id: _, ...user } = viewUser(await users.opened(made.userId));
      return reply.code(201).send({ message: 'User registered successfully' as const, user });
    },
  );

  scope.post(
    '/api/v1/auth/login',
    {
      config: { ...access.anyone, keyless: true },
      onRequest: limitPerAddress(identity, 'logins'),
      schema: {
        tags,
        operationId: 'services_login',
        summary: 'Log in',
        description:
          'Opens a session and returns its token and a refresh token. The error does not distinguish between an unknown name and a wrong password. An inactive account is reported only if the password is correct.',
        body: loginBody,
        response: { 200: json('The session was opened', loggedIn), ...errors(401) },
      },
    },
    async (request, reply) => {
      const { username, password } = request.body;
      const { userId, token, refreshToken, expiresAt } = await refreshes.logIn(
        username,
        password,
        surface.context(request),
        addressKey(request.clientAddress),
      );
      const { id, username: name, email, role, is_active } = viewUser(await users.opened(userId));
      const user = { id, username: name, email, role, is_active };
      return reply.send({ token, refresh_token: refreshToken, user, expires_at: wireTime(expiresAt) });
    },
  );

  scope.post(
    '/api/v1/auth/refresh',
    {
      config: { ...access.anyone, keyless: true },
      onRequest: limitPerAddress(identity, 'logins'),
      schema: {
        tags,
        operationId: 'services_refresh',
        summary: 'Refresh the token',
        description:
          'Each refresh token is valid once. Using it again ends its session and all tokens of the login, because it may have been stolen.',
        body: refreshBody,
        response: { 200: json('The session continues', refreshed), ...errors(401) },
      },
    },
    async (request, reply) => {
      const { userId, token, refreshToken, expiresAt } = await refreshes.refresh(
        request.body.refresh_token,
        surface.context(request),
      );
      const { id, username, email, role } = viewUser(await users.opened(userId));
      const user = { id, username, email, role };
      return reply.send({ token, refresh_token: refreshToken, user, expires_at: wireTime(expiresAt) });
    },
  );
}
