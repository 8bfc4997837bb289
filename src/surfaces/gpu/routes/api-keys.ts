import { MusterError } from '#domain/kernel/errors/index.js';
import { openedOrMarked, PURPOSE } from '#src/accounts/index.js';
import { users } from '#domain/accounts/user/index.js';
import { message } from '#domain/protocol/index.js';
import { access, withAuditors, errors, json, type Scope } from '#src/http/index.js';
import { apiKeyBody, apiKeyIssued, apiKeyList, params } from '../contract.js';
import { GPU_SURFACE, type GpuSurface } from '../surface.js';
import { viewApiKey } from '../view.js';

const tags = ['api keys'];

export function apiKeyRoutes(scope: Scope, surface: GpuSurface): void {
  scope.post(
    '/api/auth/api-keys',
    {
      config: withAuditors(access.account(GPU_SURFACE)),
      schema: {
        tags,
        operationId: 'gpu_issueApiKey',
        summary: 'Create an API key',
        description:
          'The key acts as the account, on the surfaces in `scopes`, until it expires or is revoked. It is shown only in this response. API keys cannot create keys.',
        body: apiKeyBody(surface.scopes),
        response: { 201: json('The API key', apiKeyIssued), ...errors() },
      },
    },
    async (request, reply) => {
      const { userId, via, role } = surface.account(request);
      if (via === 'apiKey')
        throw new MusterError('MUSTER_E_FORBIDDEN', { problem: 'an API key cannot create API keys' });
      const { name, scopes, expires_in_seconds: seconds } = request.body;
      const refused =
        role === 'admin' ? undefined : scopes.find((scope) => surface.adminScopes.includes(scope));
      if (refused !== undefined)
        throw new MusterError('MUSTER_E_FORBIDDEN', {
          problem: `only an administrator can create a key with the scope ${refused}`,
        });
      const expiresAt =
        seconds === undefined ? {} : { expiresAt: surface.parts.clock.now() + seconds * 1000 };
      const issued = await surface.parts.identity.apiKeys.issue(
        userId,
        { name, scopes: [...new Set(scopes)], ...expiresAt },
        surface.context(request),
      );
      await surface.written(reply, issued.position);
      return reply.code(201).send({ id: issued.keyId, api_key: issued.apiKey });
    },
  );

  const { identity, executor } = surface.parts;

  scope.get(
    '/api/auth/api-keys',
    {
      config: access.account(GPU_SURFACE),
      schema: {
        tags,
        operationId: 'gpu_listApiKeys',
        summary: 'List your API keys',
        description: 'Returns keys without their secrets.',
        response: { 200: json('The API keys', apiKeyList), ...errors() },
      },
    },
    async (request) => {
      const state = await identity.users.state(surface.account(request).userId);
      const keys = state.kind === 'present' ? [...state.apiKeys.values()] : [];
      const views = await Promise.all(
        keys.map(async (key) =>
          viewApiKey(key, await openedOrMarked(identity.sealer, key.name, PURPOSE.apiKeyName)),
        ),
      );
      return { api_keys: views, count: views.length };
    },
  );

  scope.delete(
    '/api/auth/api-keys/:key_id',
    {
      config: withAuditors(
        access.account(GPU_SURFACE, { of: 'API key', parameter: 'key_id', private: true }),
      ),
      schema: {
        tags,
        operationId: 'gpu_revokeApiKey',
        summary: 'Revoke an API key',
        description: 'Makes the key invalid. Only the account that owns the key can do this.',
        params: params.apiKey,
        response: { 200: json('The API key was revoked', message), ...errors(404) },
      },
    },
    async (request, reply) => {
      const { userId } = surface.account(request);
      const { position } = await executor.execute(
        users,
        userId,
        { kind: 'revokeApiKey', userId, keyId: request.params.key_id },
        surface.context(request),
      );
      await surface.written(reply, position);
      return { message: 'The API key was revoked' };
    },
  );
}
