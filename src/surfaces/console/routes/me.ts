import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { version } from '#src/engine/version.js';
import { seesAll } from '#domain/accounts/user/index.js';
import { OPERATOR_ACCOUNT, type UserPrincipal } from '#src/accounts/index.js';
import { access, errors, json, type Scope } from '#src/http/index.js';
import { meView, ROOMS, type Room } from '../contract.js';
import { setConsoleCookie } from '../cookie.js';
import { CONSOLE_SURFACE, type ConsoleSurface } from '../surface.js';

/** The operator has no account, and therefore no objects. */
const OF_ACCOUNTS: ReadonlySet<Room> = new Set(['accounts', 'secrets', 'volumes']);
const OF_ADMINISTRATORS: ReadonlySet<Room> = new Set(['jobs', 'allocations', 'events', 'accounts', 'system']);

export function me(scope: Scope, surface: ConsoleSurface): void {
  scope.get(
    '/console/api/me',
    {
      config: { ...access.visitor(CONSOLE_SURFACE), live: true },
      schema: {
        tags: ['session'],
        operationId: 'console_getCaller',
        summary: 'Get the current caller',
        description:
          'Returns the account that is signed in, whether the connection belongs to an operator, and which pages the caller may see. It also works without a credential or with an invalid one.',
        response: { 200: json('The caller', meView), ...errors() },
      },
    },
    async (request, reply) => {
      // An expired session would otherwise block the operator's own connection.
      if (
        request.principal.kind === 'anonymous' &&
        surface.parts.identity.authenticator.showsCredential(request)
      )
        setConsoleCookie(surface, request, reply, '');
      return await callerOf(surface, request);
    },
  );
}

const NAME = 'muster';

export async function callerOf(
  surface: ConsoleSurface,
  request: Pick<FastifyRequest, 'principal' | 'isOperator'>,
): Promise<z.input<typeof meView>> {
  const { principal, isOperator } = request;
  const account = principal.kind === 'user' ? principal : undefined;
  return {
    account: account === undefined ? null : await accountOf(surface, account),
    operator: isOperator,
    rights: account === undefined ? [] : rightsOf(account),
    rooms: ROOMS.filter((room) => maySeeRoom(room, account, isOperator)),
    server: { name: NAME, version: version() },
    head: await surface.head(),
  };
}

/** Reads the account's stream, because the read models may not include a new account yet. */
async function accountOf(
  { parts }: ConsoleSurface,
  { userId, role, tenantId }: UserPrincipal,
): Promise<NonNullable<z.input<typeof meView>['account']>> {
  const { username } =
    userId === OPERATOR_ACCOUNT.userId ? OPERATOR_ACCOUNT : await parts.identity.users.opened(userId);
  return { id: userId, name: username, role, tenant: tenantId };
}

function rightsOf({ role, execute }: UserPrincipal): string[] {
  return [
    ...(execute ? ['execute'] : []),
    ...(role === 'tenant_admin' || role === 'admin' ? ['administer_tenant'] : []),
    ...(role === 'admin' ? ['administer'] : []),
  ];
}

function maySeeRoom(room: Room, account: UserPrincipal | undefined, isOperator: boolean): boolean {
  if (account === undefined) return isOperator && !OF_ACCOUNTS.has(room);
  return seesAll(account.role) || !OF_ADMINISTRATORS.has(room);
}
