import type { z } from 'zod';
import type { OpenedRegistry } from '#src/accounts/index.js';
import { access, errors, json, wireTime, type Scope } from '#src/http/index.js';
import { VisibleActors } from '#src/features/visibility/index.js';
import { registryBody, registryList, registryParams, registryView } from '../contract/registries.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';
import { message } from '#domain/protocol/index.js';

const tags = ['registries'];
const account = access.account(SERVICES_SURFACE);

export function registryRoutes(scope: Scope, surface: ServicesSurface): void {
  scope.get(
    '/api/v1/registries',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_listRegistries',
        summary: 'List registry credentials',
        description: 'Extension. Returns the credentials of the tenant, ordered by host, without passwords.',
        response: { 200: json('The credentials', registryList), ...errors() },
      },
    },
    async (request) => {
      const actors = new VisibleActors(surface.parts, request);
      const known = await surface.registries.list(surface.account(request));
      const registries = await Promise.all(known.map(async (each) => await view(each, actors)));
      return { registries, total: registries.length };
    },
  );

  scope.put(
    '/api/v1/registries/:host',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_setRegistry',
        summary: 'Set a registry credential',
        description:
          "Extension. From now on, the credential is used to pull all images from this registry for the tenant: images of services, GPU claims and tasks and, for the tenant `default`, of cluster jobs. The credential is not verified with the registry. An existing credential can be changed by its creator, by the tenant's administrators and by cluster administrators.",
        params: registryParams,
        body: registryBody,
        response: { 200: json('The credential', registryView), ...errors() },
      },
    },
    async (request, reply) => {
      const set = await surface.registries.set(
        surface.account(request),
        request.params.host,
        request.body,
        surface.context(request),
      );
      await surface.written(reply, set.position);
      return await view(set.registry, new VisibleActors(surface.parts, request));
    },
  );

  scope.delete(
    '/api/v1/registries/:host',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_removeRegistry',
        summary: 'Remove a registry credential',
        description: 'Extension. Running containers are not affected. Later pulls are anonymous.',
        params: registryParams,
        response: { 200: json('The credential was removed', message), ...errors(404) },
      },
    },
    async (request, reply) => {
      const position = await surface.registries.remove(
        surface.account(request),
        request.params.host,
        surface.context(request),
      );
      await surface.written(reply, position);
      return { message: 'Registry credential removed' };
    },
  );
}

async function view(
  { host, username, createdBy, createdAt, setBy, setAt, setWith }: OpenedRegistry,
  actors: VisibleActors,
): Promise<z.input<typeof registryView>> {
  return {
    host,
    username,
    created_by: createdBy,
    created_at: wireTime(createdAt),
    updated_by: setBy,
    updated_by_name: await actors.nameOf(setBy, setWith),
    updated_at: wireTime(setAt),
  };
}
