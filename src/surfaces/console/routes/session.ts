import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import { addressKey, CONSOLE_COOKIE, CONSOLE_HEADER, isFromConsole } from '#src/accounts/index.js';
import { access, errors, json, limitPerAddress, nothing, anyText, type Scope } from '#src/http/index.js';
import { openedView } from '../contract.js';
import { setConsoleCookie } from '../cookie.js';
import type { ConsoleSurface } from '../surface.js';
import { callerOf } from './me.js';

const credentials = z
  .strictObject({
    username: anyText.meta({ examples: ['ann'] }),
    password: anyText.meta({ examples: ['password123'] }),
  })
  .meta({
    id: 'ConsoleCredentials',
    description: 'The account to sign in',
    examples: [{ username: 'ann', password: 'password123' }],
  });

export function sessionRoutes(scope: Scope, surface: ConsoleSurface): void {
  const { identity } = surface.parts;

  scope.post(
    '/console/api/session',
    {
      config: { ...access.anyone, keyless: true },
      onRequest: limitPerAddress(identity, 'logins'),
      schema: {
        tags: ['session'],
        operationId: 'console_signIn',
        summary: 'Sign in',
        description:
          'Opens a console session and sets its cookie, `muster_console`. The session ends 30 minutes after its last use, and after at most 12 hours. The cookie is valid on every surface, but only together with the header `X-Muster-Console`, whose value is the `page_secret` of the response: browsers send cookies to every port of a host. This request requires the header too, with any value. If the request already has a session, that session ends. The error does not distinguish between an unknown name, a wrong password and an inactive account.',
        body: credentials,
        response: { 200: json('The session was opened', openedView), ...errors(401, 403) },
      },
    },
    async (request, reply) => {
      if (!isFromConsole(request.headers))
        throw new MusterError('MUSTER_E_FORBIDDEN', {
          problem: `signing in requires the header ${CONSOLE_HEADER}, with any value`,
        });
      const { username, password } = request.body;
      const context = surface.context(request);
      const { sessionId } = await identity.logins.openForConsole(
        username,
        password,
        context,
        addressKey(request.clientAddress),
      );
      const former = await sessionOf(surface, request);
      if (former !== undefined) await identity.logins.logOut(former, context);
      const cookie = identity.authenticator.cookieOf(sessionId, 'console');
      setConsoleCookie(surface, request, reply, cookie);
      const pageSecret = identity.authenticator.pageSecretOf(sessionId);
      const headers = { [CONSOLE_HEADER]: pageSecret, cookie: `${CONSOLE_COOKIE}=${cookie}` };
      const principal = await identity.authenticator.authenticate({ headers }, ['bearer']);
      if (principal === undefined) throw new Error('a session that was just opened is unknown');
      return { ...(await callerOf(surface, { principal, isOperator: false })), page_secret: pageSecret };
    },
  );

  scope.delete(
    '/console/api/session',
    {
      config: { ...access.anyone, keyless: true },
      schema: {
        tags: ['session'],
        operationId: 'console_signOut',
        summary: 'Sign out',
        description:
          'Ends the session on all servers and clears its cookie. Streams that the session opened end within 5 seconds. Without a session, the request has no effect.',
        response: { 204: nothing('The session was ended'), ...errors(403) },
      },
    },
    async (request, reply) => {
      const session = await sessionOf(surface, request);
      if (session !== undefined) await identity.logins.logOut(session, surface.context(request));
      setConsoleCookie(surface, request, reply, '');
      return await reply.code(204).send(null);
    },
  );
}

async function sessionOf({ parts }: ConsoleSurface, request: FastifyRequest): Promise<string | undefined> {
  try {
    const principal = await parts.identity.authenticator.authenticate(request, ['bearer']);
    return principal?.via === 'console' ? principal.sessionId : undefined;
  } catch (error) {
    if (isMusterError(error, 'MUSTER_E_UNAUTHORIZED')) return undefined;
    throw error;
  }
}
