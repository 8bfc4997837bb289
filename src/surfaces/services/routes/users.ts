import { OPERATOR_ACCOUNT } from '#src/accounts/index.js';
import { access, errors, ignoreBodies, json, takeJson, type Scope } from '#src/surfaces/kit/index.js';
import { viewUser } from '../account-view.js';
import { profileBody, updatedUser, userView } from '../contract/accounts.js';
import { failingTo } from '../failing.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';

const tags = ['users'];

export function userReads(scope: Scope, surface: ServicesSurface): void {
  ignoreBodies(scope);
  const { users } = surface.parts.identity;

  scope.get(
    '/api/v1/users/me',
    {
      config: access.account(SERVICES_SURFACE),
      schema: {
        tags,
        operationId: 'services_getMe',
        summary: 'Get the current account',
        description:
          'Returns the account of the token or API key. For a key of the operator (`MUSTER_API_KEYS`) that is `operator-key`, which is not an account.',
        response: { 200: json('The account', userView), ...errors(401, 403) },
      },
    },
    async (request) => {
      const { userId } = surface.account(request);
      return viewUser(userId === OPERATOR_ACCOUNT.userId ? OPERATOR_ACCOUNT : await users.opened(userId));
    },
  );
}

export function userBodies(scope: Scope, surface: ServicesSurface): void {
  takeJson(scope, surface.limits.jsonDepth);
  const { profiles, users } = surface.parts.identity;

  scope.put(
    '/api/v1/users/me',
    {
      config: access.account(SERVICES_SURFACE),
      schema: {
        tags,
        operationId: 'services_updateMe',
        summary: 'Change your names or e-mail address',
        description:
          'Absent fields stay. An address of another account is refused. The previous address is free at once.',
        body: profileBody,
        response: { 200: json('The changed account', updatedUser), ...errors(400, 401, 403, 404, 422) },
      },
    },
    async (request, reply) => {
      const { userId } = surface.account(request);
      const { first_name: firstName, last_name: lastName, email } = request.body;
      return await failingTo('update user', async () => {
        await surface.written(
          reply,
          await profiles.change(userId, { firstName, lastName, email }, surface.context(request)),
        );
        const { tenant_id: _, created_at: __, ...user } = viewUser(await users.opened(userId));
        return user;
      });
    },
  );
}
