import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { users as userModel, type UserDocument } from '#projections/accounts/users.js';
import {
  access,
  errors,
  HEIR_DESCRIPTION,
  heirQuery,
  json,
  markStale,
  read,
  type Scope,
} from '#src/http/index.js';
import { viewUser } from '../account-view.js';
import { roleBody, userList, userParams, usersQuery } from '../contract/accounts.js';
import { failingTo } from '../failing.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';
import { uuidIn } from '../uuid-in.js';
import { message } from '#domain/protocol/index.js';

const tags = ['admin'];
const objects = { of: 'account', parameter: 'id' };

export function adminRoutes(scope: Scope, surface: ServicesSurface): void {
  scope.get(
    '/api/v1/admin/users',
    {
      config: access.admin(SERVICES_SURFACE),
      schema: {
        tags,
        operationId: 'services_listUsers',
        summary: 'List accounts',
        description:
          'Returns all accounts in order of creation. Names and addresses are sealed, so a search must match exactly.',
        querystring: usersQuery,
        response: { 200: json('The accounts', userList), ...errors() },
      },
    },
    async (request, reply) =>
      await failingTo('list users', async () => {
        const { limit, offset, search } = request.query;
        const found =
          search === undefined
            ? await paged(surface, reply, request.query)
            : await searched(surface, reply, search);
        const page = search === undefined ? found.page : found.page.slice(offset, offset + limit);
        const users = [];
        for (const document of page) users.push(viewUser(await surface.parts.identity.users.open(document)));
        return { users, total: found.total, limit, offset };
      }),
  );

  const { users } = surface.parts.identity;

  scope.put(
    '/api/v1/admin/users/:id/role',
    {
      config: access.accountAdmin(SERVICES_SURFACE, objects),
      schema: {
        tags,
        operationId: 'services_setRole',
        summary: 'Change the role of an account',
        description: 'Takes effect on the next request. 409 if no other active administrator exists.',
        params: userParams,
        body: roleBody,
        response: { 200: json('The account was updated', message), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const userId = uuidIn(request.params.id, 'user');
      const position = await failingTo(
        'update user role',
        async () => await users.changeRole(userId, request.body.role, surface.context(request)),
      );
      await surface.written(reply, position);
      return { message: 'User role updated successfully' };
    },
  );

  activityRoutes(scope, surface);
}

function activityRoutes(scope: Scope, surface: ServicesSurface): void {
  const { users } = surface.parts.identity;

  scope.put(
    '/api/v1/admin/users/:id/activate',
    {
      config: access.accountAdmin(SERVICES_SURFACE, objects),
      schema: {
        tags,
        operationId: 'services_activateUser',
        summary: 'Activate an account',
        description: 'The password is unchanged.',
        params: userParams,
        response: { 200: json('The account was updated', message), ...errors(404) },
      },
    },
    async (request, reply) => {
      const userId = uuidIn(request.params.id, 'user');
      const position = await failingTo(
        'activate user',
        async () => await users.setActive(userId, true, surface.context(request)),
      );
      await surface.written(reply, position);
      return { message: 'User activated successfully' };
    },
  );

  scope.put(
    '/api/v1/admin/users/:id/deactivate',
    {
      config: access.accountAdmin(SERVICES_SURFACE, objects),
      schema: {
        tags,
        operationId: 'services_deactivateUser',
        summary: 'Deactivate an account',
        description: `Immediately ends all sessions and refresh tokens of the account and disables its API keys. ${HEIR_DESCRIPTION} 409 for the last active administrator.`,
        params: userParams,
        querystring: heirQuery,
        response: { 200: json('The account was updated', message), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const userId = uuidIn(request.params.id, 'user');
      const { to } = request.query;
      const position = await failingTo(
        'deactivate user',
        async () => await users.setActive(userId, false, surface.context(request), to),
      );
      await surface.written(reply, position);
      return { message: 'User deactivated successfully' };
    },
  );
}

interface Found {
  readonly page: readonly UserDocument[];
  readonly total: number;
}

async function paged(
  { parts: { readModels } }: ServicesSurface,
  reply: FastifyReply,
  { limit, offset }: z.infer<typeof usersQuery>,
): Promise<Found> {
  const total = await readModels.count(userModel.name);
  const page: UserDocument[] = [];
  let passed = 0;
  if (offset >= total) return { page, total };
  for await (const documents of readModels.list(userModel.name)) {
    for (const stored of documents.slice(Math.max(0, offset - passed), offset + limit - passed)) {
      if (stored.parked) markStale(reply);
      page.push(read<UserDocument>(stored));
    }
    passed += documents.length;
    if (passed >= offset + limit) break;
  }
  return { page, total };
}

async function searched(surface: ServicesSurface, reply: FastifyReply, search: string): Promise<Found> {
  const { users } = surface.parts.identity;
  const page: UserDocument[] = [];
  for (const id of new Set([await users.idOf(search), await users.idOfEmail(search)])) {
    const document =
      id === undefined ? undefined : await surface.document<UserDocument>(reply, userModel.name, id);
    if (document !== undefined) page.push(document);
  }
  return { page, total: page.length };
}
