import { MusterError } from '#domain/kernel/errors/index.js';
import { message } from '#domain/protocol/index.js';
import { addressKey } from '#src/accounts/index.js';
import { access, withAuditors, errors, json, type Scope } from '#src/http/index.js';
import { ownPasswordBody } from '../contract.js';
import { GPU_SURFACE, type GpuSurface } from '../surface.js';

export function ownPassword(scope: Scope, surface: GpuSurface): void {
  const { logins, users } = surface.parts.identity;

  scope.put(
    '/api/auth/me/password',
    {
      config: { ...withAuditors(access.account(GPU_SURFACE)), unmetered: true },
      schema: {
        tags: ['auth'],
        operationId: 'gpu_changePassword',
        summary: 'Change your password',
        description:
          'Requires the current password; an incorrect one returns 403 and counts as a failed login. Ends all sessions, including this one. API keys cannot change passwords.',
        body: ownPasswordBody,
        response: { 200: json('The password was changed', message), ...errors() },
      },
    },
    async (request, reply) => {
      const { userId, via } = surface.account(request);
      if (via === 'apiKey')
        throw new MusterError('MUSTER_E_FORBIDDEN', { problem: 'an API key cannot change passwords' });
      const { current_password: current, password } = request.body;
      const position = await logins.withPassword(
        userId,
        current,
        async () => await users.setPassword(userId, password, surface.context(request)),
        addressKey(request.clientAddress),
      );
      await surface.written(reply, position);
      return { message: 'The password was changed and all sessions were ended' };
    },
  );
}
