import { OPERATOR_ACCOUNT } from '#src/accounts/index.js';
import { access, withAuditors, errors, json, type Scope } from '#src/http/index.js';
import { viewUser } from '../account-view.js';
import { profileBody, updatedUser, userView } from '../contract/accounts.js';
import { failingTo } from '../failing.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';

const tags = ['users'];

export function userRoutes(scope: Scope, surface: ServicesSurface): void {
  const { profiles, users } = surface.parts.identity;

  scope.get(
    '/api/v1/users/me',
    {
      config: access.account(SERVICES_SURFACE),
      schema: {
        tags,
        operationId: 'services_getMe',
        summary: 'Get the current account',
        description:
          'Returns the account that the token or API key belongs to. For an operator key (`MUSTER_API_KEYS`), this is `operator-key`, which is not an actual account.',
        response: { 200: json('The account', userView), ...errors() },
      },
    },
    async (request) => {
      const { userId } = surface.account(request);
      return viewUser(userId === OPERATOR_ACCOUNT.userId ? OPERATOR_ACCOUNT : await users.opened(userId));
    },
  );

  scope.put(
    '/api/v1/users/me',
    {
      config: withAuditors(access.account(SERVICES_SURFACE)),
      schema: {
        tags,
        operationId: 'services_updateMe',
        summary: 'Change your names or e-mail address',
        description:
          'Omitted fields are unchanged. An address that a different account uses is refused. The previous address becomes available immediately.',
        body: profileBody,
        response: { 200: json('The changed account', updatedUser), ...errors(404) },
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
