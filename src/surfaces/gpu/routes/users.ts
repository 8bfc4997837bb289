import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { seesAll } from '#domain/accounts/user/index.js';
import { message } from '#domain/protocol/index.js';
import { mayTouch } from '#src/accounts/index.js';
import {
  access,
  errors,
  HEIR_DESCRIPTION,
  heirQuery,
  inPages,
  json,
  page,
  read,
  type Scope,
  named,
  sendList,
  type ListItem,
  withLocalOperator,
} from '#src/http/index.js';
import {
  createUserBody,
  executionBody,
  params,
  passwordBody,
  registered,
  roleBody,
  userList,
  userView,
} from '../contract.js';
import { GPU_SURFACE, type GpuSurface } from '../surface.js';
import { viewUser } from '../view.js';
import { users, type UserDocument } from '#projections/accounts/users.js';

const tags = ['users'];
const objects = { of: 'account', parameter: 'id' };
const query = z.strictObject({
  username: z.string().max(256).optional().meta({ description: 'Only the account with this name' }),
  ...page,
});

export function userRoutes(scope: Scope, surface: GpuSurface): void {
  scope.get(
    '/api/auth/users',
    {
      config: withLocalOperator(access.account(GPU_SURFACE)),
      schema: {
        tags,
        operationId: 'gpu_listUsers',
        summary: 'List accounts',
        description:
          'Administrators see all accounts, tenant administrators see the accounts of their tenant, and other callers see only their own.',
        querystring: query,
        response: { 200: json('The accounts', userList), ...errors() },
      },
    },
    (request, reply) => sendList(reply, named('users'), items(surface, request, request.query)),
  );

  scope.get(
    '/api/auth/users/:id',
    {
      config: access.account(GPU_SURFACE, objects),
      schema: {
        tags,
        operationId: 'gpu_getUser',
        summary: 'Get an account',
        description: 'Returns one account. Returns 404 for accounts that the caller may not see.',
        params: params.user,
        response: { 200: json('The account', userView), ...errors(404) },
      },
    },
    async (request) =>
      viewUser(await surface.parts.identity.users.open(await surface.user(request, request.params.id))),
  );

  const { identity } = surface.parts;

  scope.post(
    '/api/auth/users',
    {
      config: withLocalOperator(access.accountAdmin(GPU_SURFACE)),
      schema: {
        tags,
        operationId: 'gpu_createUser',
        summary: 'Create an account',
        description:
          'Creates an account with any role in any tenant. The account may run processes on workers until that right is revoked.',
        body: createUserBody,
        response: { 201: json('The account was created', registered), ...errors(409) },
      },
    },
    async (request, reply) => {
      const { tenant_id: tenantId, full_name: fullName, email, ...account } = request.body;
      const wanted = {
        ...account,
        execute: true,
        ...(tenantId !== undefined && { tenantId }),
        ...(email !== undefined && { email }),
        ...(fullName !== undefined && { fullName }),
      };
      const made = await identity.registrations.register(wanted, surface.context(request));
      await surface.written(reply, made.position);
      return reply
        .code(201)
        .send({ id: made.userId, user_id: made.number, username: made.username, role: made.role });
    },
  );

  scope.put(
    '/api/auth/users/:id/role',
    {
      config: withLocalOperator(access.accountAdmin(GPU_SURFACE, objects)),
      schema: {
        tags,
        operationId: 'gpu_setRole',
        summary: 'Change the role of an account',
        description: 'Takes effect on the next request. 409 if no other active administrator exists.',
        params: params.user,
        body: roleBody,
        response: { 200: json('The account was updated', message), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      await surface.written(
        reply,
        await identity.users.changeRole(request.params.id, request.body.role, surface.context(request)),
      );
      return { message: `The role is now ${request.body.role}` };
    },
  );

  scope.put(
    '/api/auth/users/:id/execution',
    {
      config: withLocalOperator(access.accountAdmin(GPU_SURFACE, objects)),
      schema: {
        tags,
        operationId: 'gpu_setExecution',
        summary: 'Set whether an account may run processes on workers',
        description:
          'Shell and Python tasks are such processes. Administrators always have this right. Takes effect on the next request and the next run.',
        params: params.user,
        body: executionBody,
        response: { 200: json('The account was updated', message), ...errors(404) },
      },
    },
    async (request, reply) => {
      const { execute } = request.body;
      await surface.written(
        reply,
        await identity.users.setExecution(request.params.id, execute, surface.context(request)),
      );
      return {
        message: execute
          ? 'The account may run processes on workers'
          : 'The account may not run processes on workers, unless its role or the server settings allow it',
      };
    },
  );

  scope.put(
    '/api/auth/users/:id/password',
    {
      config: withLocalOperator(access.accountAdmin(GPU_SURFACE, objects)),
      schema: {
        tags,
        operationId: 'gpu_resetPassword',
        summary: 'Set a new password for an account',
        description: 'Ends all sessions of the account.',
        params: params.user,
        body: passwordBody,
        response: { 200: json('The account was updated', message), ...errors(404) },
      },
    },
    async (request, reply) => {
      await surface.written(
        reply,
        await identity.users.setPassword(request.params.id, request.body.password, surface.context(request)),
      );
      return { message: 'The password was changed and all sessions were ended' };
    },
  );

  const { users } = surface.parts.identity;

  scope.post(
    '/api/auth/users/:id/deactivate',
    {
      config: withLocalOperator(access.accountAdmin(GPU_SURFACE, objects)),
      schema: {
        tags,
        operationId: 'gpu_deactivateUser',
        summary: 'Deactivate an account',
        description: `Ends all sessions of the account and disables its API keys. ${HEIR_DESCRIPTION} 409 for the last active administrator.`,
        params: params.user,
        querystring: heirQuery,
        response: { 200: json('The account was updated', message), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await surface.written(
        reply,
        await users.setActive(id, false, surface.context(request), request.query.to),
      );
      return { message: 'The account was deactivated' };
    },
  );

  scope.post(
    '/api/auth/users/:id/reactivate',
    {
      config: withLocalOperator(access.accountAdmin(GPU_SURFACE, objects)),
      schema: {
        tags,
        operationId: 'gpu_reactivateUser',
        summary: 'Reactivate an account',
        description: 'The password is unchanged. What ended with the deactivation stays ended.',
        params: params.user,
        response: { 200: json('The account was updated', message), ...errors(404) },
      },
    },
    async (request, reply) => {
      await surface.written(reply, await users.setActive(request.params.id, true, surface.context(request)));
      return { message: 'The account was reactivated' };
    },
  );

  scope.delete(
    '/api/auth/users/:id',
    {
      config: withLocalOperator(access.accountAdmin(GPU_SURFACE, objects)),
      schema: {
        tags,
        operationId: 'gpu_eraseUser',
        summary: 'Erase an account',
        description: `Deletes the key that seals the personal data of the account. The data becomes unreadable in every copy of the log. The history remains complete, and the name becomes available again. ${HEIR_DESCRIPTION} 409 for the last active administrator.`,
        params: params.user,
        querystring: heirQuery,
        response: { 200: json('The account was erased', message), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      await surface.written(
        reply,
        await users.erase(request.params.id, surface.context(request), request.query.to),
      );
      return { message: 'The account was erased' };
    },
  );
}

async function* items(
  surface: GpuSurface,
  { principal, isOperator }: Pick<FastifyRequest, 'principal' | 'isOperator'>,
  { username, after, limit }: z.infer<typeof query>,
): AsyncGenerator<ListItem> {
  const { identity, readModels } = surface.parts;
  const named = username === undefined ? undefined : ((await identity.users.idOf(username)) ?? '');
  const tenant =
    principal.kind === 'user' && !seesAll(principal.role)
      ? { where: { index: 'tenant', value: principal.tenantId } }
      : {};
  let count = 0;
  const options = { ...tenant, ...(after !== undefined && { after }) };
  for await (const documents of inPages(readModels, users.name, options, limit)) {
    for (const stored of documents) {
      const document = read<UserDocument>(stored);
      if (
        !(isOperator || mayTouch(principal, document)) ||
        (named !== undefined && document.userId !== named)
      )
        continue;
      if (count === limit) return;
      count += 1;
      yield { json: JSON.stringify(viewUser(await identity.users.open(document))), stale: stored.parked };
    }
  }
}
