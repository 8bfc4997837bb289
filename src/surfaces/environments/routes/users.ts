import { json, type Scope } from '#src/http/index.js';
import { refusals } from '../responses.js';
import { administratorBySession } from '../rights.js';
import { createUserBody, userCreated } from '../session-contract.js';
import type { CondaSurface } from '../surface.js';

export function userBodies(scope: Scope, surface: CondaSurface): void {
  const { identity } = surface.parts;

  scope.post(
    '/create_user',
    {
      config: administratorBySession,
      schema: {
        tags: ['sessions'],
        operationId: 'conda_createUser',
        summary: 'Create an account',
        description:
          "Creates an account in the administrator's own tenant. The account may run processes on workers until that right is revoked.",
        body: createUserBody,
        response: { 201: json('The account was created', userCreated), ...refusals() },
      },
    },
    async (request, reply) => {
      const { username, password, is_admin: isAdmin } = request.body;
      const { tenantId } = surface.account(request);
      const wanted = {
        username,
        password,
        role: isAdmin ? ('admin' as const) : ('user' as const),
        tenantId,
        execute: true,
      };
      const made = await identity.registrations.register(wanted, surface.context(request));
      await surface.written(reply, made.position);
      return reply.code(201).send({
        message: 'User created successfully' as const,
        user: { username: made.username, is_admin: made.role === 'admin' },
      });
    },
  );
}
