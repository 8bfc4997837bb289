import type { z } from 'zod';
import type { OpenedRegistry } from '#src/accounts/index.js';
import {
  access,
  errors,
  ignoreBodies,
  json,
  message,
  takeJson,
  wireTime,
  type Scope,
} from '#src/surfaces/kit/index.js';
import { registryBody, registryList, registryParams, registryView } from '../contract/registries.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';

const tags = ['registries'];
const account = access.account(SERVICES_SURFACE);

export function registryReads(scope: Scope, surface: ServicesSurface): void {
  ignoreBodies(scope);

  scope.get(
    '/api/v1/registries',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_listRegistries',
        summary: 'List registry credentials',
        description: 'Extension. Returns those of the tenant by host, without passwords.',
        response: { 200: json('The credentials', registryList), ...errors(400, 401) },
      },
    },
    async (request) => {
      const registries = (await surface.registries.list(surface.account(request))).map(view);
      return { registries, total: registries.length };
    },
  );
}

export function registryBodies(scope: Scope, surface: ServicesSurface): void {
  takeJson(scope, surface.limits.jsonDepth);

  scope.put(
    '/api/v1/registries/:host',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_setRegistry',
        summary: 'Set a registry credential',
        description:
          'Extension. All images of the registry for the tenant are pulled with it from now on: those of services, GPU claims and tasks, and of cluster jobs for the tenant `default`. It is not verified with the registry. An existing credential can be changed by its creator, administrators of the tenant and administrators.',
        params: registryParams,
        body: registryBody,
        response: { 200: json('The credential', registryView), ...errors(400, 401, 403, 422) },
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
      return view(set.registry);
    },
  );
}

export function registryOrders(scope: Scope, surface: ServicesSurface): void {
  ignoreBodies(scope);

  scope.delete(
    '/api/v1/registries/:host',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_removeRegistry',
        summary: 'Remove a registry credential',
        description: 'Extension. Running containers continue; later pulls are anonymous.',
        params: registryParams,
        response: { 200: json('The credential was removed', message), ...errors(400, 401, 403, 404, 422) },
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

function view({
  host,
  username,
  createdBy,
  createdAt,
  setBy,
  setAt,
}: OpenedRegistry): z.input<typeof registryView> {
  return {
    host,
    username,
    created_by: createdBy,
    created_at: wireTime(createdAt),
    updated_by: setBy,
    updated_at: wireTime(setAt),
  };
}
