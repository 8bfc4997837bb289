import { addressKey, OPERATOR_ACCOUNT } from '#src/accounts/index.js';
import { access, withAuditors, errors, json, limitPerAddress, type Scope } from '#src/http/index.js';
import { loggedIn, loginBody, registerBody, registered, userView } from '../contract.js';
import { GPU_SURFACE, type GpuSurface } from '../surface.js';
import { viewUser } from '../view.js';
import { message } from '#domain/protocol/index.js';

const tags = ['auth'];

export function authBodies(scope: Scope, surface: GpuSurface): void {
  const { identity } = surface.parts;

  scope.post(
    '/api/auth/register',
    {
      config: access.anyone,
      onRequest: limitPerAddress(identity, 'registrations'),
      schema: {
        tags,
        operationId: 'gpu_register',
        summary: 'Register an account',
        description:
          'Creates an account with the role `user` in a new tenant. Names are compared ignoring case. Refused if registration is closed (`MUSTER_REGISTRATION`), which is the default on servers that other machines can reach.',
        body: registerBody,
        response: { 201: json('The account was created', registered), ...errors(403, 409) },
      },
    },
    async (request, reply) => {
      const { username, password } = request.body;
      const made = await identity.registrations.registerSelf(
        { username, password },
        surface.context(request),
      );
      await surface.written(reply, made.position);
      return reply
        .code(201)
        .send({ id: made.userId, user_id: made.number, username: made.username, role: made.role });
    },
  );

  scope.post(
    '/api/auth/login',
    {
      config: { ...access.anyone, keyless: true },
      onRequest: limitPerAddress(identity, 'logins'),
      schema: {
        tags,
        operationId: 'gpu_login',
        summary: 'Log in',
        description:
          'Opens a session and returns its token. The error does not distinguish between an unknown name, a wrong password and an inactive account.',
        body: loginBody,
        response: { 200: json('The session was opened', loggedIn), ...errors(401) },
      },
    },
    async (request, reply) => {
      const { username, password } = request.body;
      const { token } = await identity.logins.logIn(
        username,
        password,
        surface.context(request),
        addressKey(request.clientAddress),
      );
      return reply.send({ token });
    },
  );
}

export function sessionOrders(scope: Scope, surface: GpuSurface): void {
  const { identity } = surface.parts;

  scope.post(
    '/api/auth/logout',
    {
      config: { ...withAuditors(access.account(GPU_SURFACE)), keyless: true },
      schema: {
        tags,
        operationId: 'gpu_logout',
        summary: 'Log out',
        description: 'Ends the session of the token, which becomes invalid.',
        response: { 200: json('The session was ended', message), ...errors() },
      },
    },
    async (request) => {
      const { sessionId } = surface.account(request);
      if (sessionId !== undefined) await identity.logins.logOut(sessionId, surface.context(request));
      return { message: 'Logged out' };
    },
  );

  scope.get(
    '/api/auth/me',
    {
      config: access.account(GPU_SURFACE),
      schema: {
        tags,
        operationId: 'gpu_getMe',
        summary: 'Get the current account',
        description:
          'Returns the account of the token or API key. For a key of the operator (`MUSTER_API_KEYS`), this is `operator-key`, which is not an account and has full access.',
        response: { 200: json('The account', userView), ...errors() },
      },
    },
    async (request) => {
      const { userId } = surface.account(request);
      if (userId === OPERATOR_ACCOUNT.userId) return viewUser(OPERATOR_ACCOUNT);
      return viewUser(await identity.users.open(await surface.user(request, userId)));
    },
  );
}
