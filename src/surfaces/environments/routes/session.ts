import type { FastifyRequest } from 'fastify';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { addressKey } from '#src/accounts/index.js';
import { access, json, limitPerAddress, type Scope } from '#src/http/index.js';
import { refusals } from '../responses.js';
import type { SessionCookie } from '../cookie.js';
import { endOfSession } from '../rights.js';
import { loggedIn, loggedOut, loginBody } from '../session-contract.js';
import type { CondaSurface } from '../surface.js';

const tags = ['sessions'];

export function sessionRoutes(scope: Scope, surface: CondaSurface, cookie: SessionCookie): void {
  const { identity } = surface.parts;

  scope.post(
    '/login',
    {
      config: { ...access.anyone, keyless: true, opensSession: true },
      onRequest: limitPerAddress(identity, 'logins'),
      schema: {
        tags,
        operationId: 'conda_login',
        summary: 'Log in',
        description:
          'Opens a session and sets its cookie `session` for fifteen minutes. Using the session more than a minute later extends it. If the request already has a session, that session ends. The error does not distinguish between an unknown name, a wrong password and an inactive account.',
        body: loginBody,
        response: { 200: json('The session was opened', loggedIn), ...refusals(401, 403) },
      },
    },
    async (request, reply) => {
      const { username, password } = request.body;
      const context = surface.context(request);
      const opened = await identity.logins.openForBrowser(
        username,
        password,
        context,
        addressKey(request.clientAddress),
      );
      const former = await shownSession(surface, request);
      if (former !== undefined) await identity.logins.logOut(former, context);
      cookie.set(request, reply, identity.authenticator.cookieOf(opened.sessionId));
      return {
        message: 'Login successful' as const,
        user: { username: opened.username, is_admin: opened.role === 'admin' },
      };
    },
  );

  scope.post(
    '/logout',
    {
      config: { ...endOfSession, keyless: true, waits: 'nothing' },
      schema: {
        tags,
        operationId: 'conda_logout',
        summary: 'Log out',
        description: 'Ends the session on all servers and clears its cookie.',
        response: { 200: json('The session was ended', loggedOut), ...refusals() },
      },
    },
    async (request, reply) => {
      const { sessionId } = surface.account(request);
      if (sessionId !== undefined) await identity.logins.logOut(sessionId, surface.context(request));
      cookie.clear(request, reply);
      return { message: 'Logout successful' as const };
    },
  );
}

async function shownSession({ parts }: CondaSurface, request: FastifyRequest): Promise<string | undefined> {
  try {
    return (await parts.identity.authenticator.authenticate(request, ['cookie']))?.sessionId;
  } catch (error) {
    if (isMusterError(error, 'MUSTER_E_UNAUTHORIZED')) return undefined;
    throw error;
  }
}
