import type { z } from 'zod';
import type { OpenedRegistry } from '#src/accounts/index.js';
import { access, errors, ignoreBodies, json, message, takeJson, wireTime, type Scope } from '#src/surfaces/kit/index.js';
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
        summary: 'List credentials of registries',
        description: 'Ours. Those of the tenant by host, without their passwords.',
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
        summary: 'Set the credential of a registry',
        description:
          'Ours. Every image of that registry which runs for the tenant is pulled with it from then on: of services, GPU claims and tasks, and of jobs of the cluster for the tenant `default`. The registry is not asked whether it is right. One that is there is changed by who set it first, by administrators of the tenant and by administrators.',
        params: registryParams,
        body: registryBody,
        response: { 200: json('The credential', registryView), ...errors(400, 401, 403, 422) },
      },
    },
    async (request, reply) => {
      const set = await surface.registries.set(surface.account(request), request.params.host, request.body, surface.context(request));
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
        summary: 'Remove the credential of a registry',
        description: 'Ours. What runs goes on; what has to be pulled from then on is pulled without it.',
        params: registryParams,
        response: { 200: json('It is removed', message), ...errors(400, 401, 403, 404, 422) },
      },
    },
    async (request, reply) => {
      const position = await surface.registries.remove(surface.account(request), request.params.host, surface.context(request));
      await surface.written(reply, position);
      return { message: 'Registry credential removed' };
    },
  );
}

function view({ host, username, createdBy, createdAt, setBy, setAt }: OpenedRegistry): z.input<typeof registryView> {
  return { host, username, created_by: createdBy, created_at: wireTime(createdAt), updated_by: setBy, updated_at: wireTime(setAt) };
}
