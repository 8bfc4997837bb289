import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import { checkNewName } from '#domain/kernel/plain-name.js';
import { SERVICE_STATUSES, serviceErrors, services } from '#domain/services/service/index.js';
import { message } from '#domain/protocol/index.js';
import { services as serviceModel, type ServiceDocument } from '#projections/services/services.js';
import { access, errors, flag, json, page, sendList, withCleared, type Scope } from '#src/http/index.js';
import { allTenantsFlag } from '../contract/all-tenants.js';
import {
  changedService,
  forceFlag,
  serviceBody,
  serviceChange,
  serviceList,
  serviceParams,
  serviceView,
} from '../contract/service.js';
import { endpointsOf } from '../endpoints.js';
import { checkInitialValues, doubtfulValues, viewDoubtful } from '../initial-values.js';
import { failingTo } from '../failing.js';
import { uuidIn } from '../uuid-in.js';
import { viewLine, viewService } from '../service-view.js';
import { presentIn } from '../services.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';
import { changeService, newestVersion } from '../change-service.js';
import { LineCache } from '../line-cache.js';
import { TenantLines } from '../tenant-lines.js';

const tags = ['services'];
const account = access.account(SERVICES_SURFACE);
const listQuery = z.strictObject({
  status: z
    .enum(SERVICE_STATUSES)
    .optional()
    .meta({ title: 'ServiceStatusFilter', description: 'Extension. Only services with this status' }),
  all_tenants: allTenantsFlag,
  ...page,
});
const changeQuery = z.strictObject({ force: forceFlag });
const deleteQuery = z.strictObject({
  volumes: flag.meta({ description: "Extension. Also delete the service's volumes and their content" }),
});

const KEPT_LINES = 5_000;

export function serviceRoutes(scope: Scope, surface: ServicesSurface): void {
  scope.post(
    '/api/v1/services',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_createService',
        summary: 'Create a service',
        description:
          'Creates a service without starting it. A tenant can have one service of each type, and a limited number in total (`MUSTER_MAX_SERVICES_PER_TENANT`).',
        body: serviceBody,
        response: { 201: json('The service', serviceView), ...errors(409) },
      },
    },
    async (request, reply) => {
      const { name, type, description = null, config } = request.body;
      checkNewName('name', name, 'uuid');
      const account = surface.account(request);
      const { tenantId } = account;
      const context = surface.context(request);
      const configuration = await surface.configurationOf(
        account,
        { tenantId, serviceId: surface.services.idFor(context) },
        config,
      );
      await checkInitialValues(surface, { name }, configuration, undefined);
      await surface.checkQuota({ tenantId, createdBy: account.userId }, configuration.work, context);
      const executed = await surface.services.create(
        account,
        { name, type, description },
        configuration,
        context,
      );
      await surface.written(reply, executed.position);
      const created = executed.events.find((event) => event.type === 'ServiceCreated');
      const first = executed.events.find((event) => event.type === 'ServiceConfigured');
      if (created === undefined || first === undefined)
        throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_FOUND);
      const { at } = created.metadata;
      const made = {
        ...created.data,
        config: first.data.config,
        version: 1,
        status: 'stopped',
        failure: null,
        deployments: [],
        createdAt: at,
        updatedAt: at,
      } as const;
      return reply
        .code(201)
        .send(viewService(made, await surface.configurations.open(first.data.sealed), []));
    },
  );

  scope.put(
    '/api/v1/services/:id',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_updateService',
        summary: 'Update a service',
        description:
          'Omitted fields are unchanged. A changed `config` creates a new version, which is rolled out if the service is running, and which replaces any deployment in progress. If the running instance would have to stop first, because it uses a volume, the change is refused with 409 while no node has room for the new version. A changed value of a variable that the program reads only while its volume is empty (`initial` in its template) is refused with 409 once the volume has been used. The type cannot be changed.',
        params: serviceParams,
        querystring: changeQuery,
        body: serviceChange,
        response: { 200: json('The service', changedService), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const { name, type, description, config } = withCleared(request.body);
      const service = await surface.changeable(request, reply, request.params.id);
      if (name !== undefined) checkNewName('name', name, 'uuid', service.name);
      const account = surface.account(request);
      const context = surface.context(request);
      const owner = {
        tenantId: service.tenantId,
        serviceId: service.serviceId,
        former: service.sealed,
      };
      const configuration = config && (await surface.configurationOf(account, owner, config));
      const force = request.query.force === 'true';
      const change = { name, type, description, configuration };
      const executed = await changeService(surface, service, change, { account, force, context });
      await surface.written(reply, executed.position);
      const present = presentIn(executed);
      const newest = present.versions.get(present.version);
      const at = executed.events.at(-1)?.metadata.at ?? service.updatedAt;
      const changed: ServiceDocument = {
        ...service,
        name: present.name,
        description: present.description,
        version: present.version,
        config: newest?.config ?? service.config,
        updatedAt: at,
        status: service.status === 'running' || present.living.size === 0 ? service.status : 'deploying',
      };
      const secret = await surface.secretFor(request, service, newest?.sealed);
      return viewService(changed, secret, await endpointsOf(surface, service.serviceId));
    },
  );

  const kept = new LineCache<ServiceDocument>(viewLine, KEPT_LINES);

  scope.get(
    '/api/v1/services',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_listServices',
        summary: 'List services',
        description:
          "Returns the services of the caller's tenant, each with its ten most recent deployments.",
        querystring: listQuery,
        response: { 200: json('The services', serviceList), ...errors() },
      },
    },
    async (request, reply) => {
      const { status, all_tenants: all, ...page } = request.query;
      const lines = new TenantLines({
        model: serviceModel.name,
        tenantId: surface.listedTenant(request, all),
        page,
        line: (stored) => {
          const { status: its, json } = kept.of(stored);
          return { fits: status === undefined || its === status, json: () => json };
        },
      });
      const list = { before: '{"services":[', after: () => `],"total":${lines.total}}` };
      return await failingTo(
        'list services',
        async () => await sendList(reply, list, lines.of(surface.parts.readModels)),
      );
    },
  );

  scope.get(
    '/api/v1/services/:id',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_getService',
        summary: 'Get a service',
        description:
          'Environment and variables are masked as `***` for callers who may not change the service. `endpoints` contains the addresses of its ports.',
        params: serviceParams,
        response: { 200: json('The service', serviceView), ...errors(404) },
      },
    },
    async (request, reply) => {
      const service = await surface.service(request, reply, request.params.id);
      const { serviceId, sealed } = service;
      const doubtful = await doubtfulValues(surface, serviceId, await newestVersion(surface, serviceId));
      return {
        ...viewService(
          service,
          await surface.secretFor(request, service, sealed),
          await endpointsOf(surface, serviceId),
        ),
        ...viewDoubtful(doubtful),
      };
    },
  );

  scope.delete(
    '/api/v1/services/:id',
    {
      config: { ...account, waits: 'position' },
      schema: {
        tags,
        operationId: 'services_deleteService',
        summary: 'Delete a service',
        description:
          'The type and slot of the service become available immediately, even if its containers are still stopping. Volumes are retained, unless `volumes` requests their deletion, which happens once the containers have ended.',
        params: serviceParams,
        querystring: deleteQuery,
        response: { 200: json('Deleted', message), ...errors(404) },
      },
    },
    async (request, reply) => {
      const context = surface.context(request);
      const deleted = { message: 'Service deleted successfully' };
      if (
        (await surface.repeats(reply, services, uuidIn(request.params.id, 'service'), context)) !== undefined
      )
        return deleted;
      const service = await surface.presentService(request, request.params.id);
      const { userId } = surface.account(request);
      await surface.written(
        reply,
        await surface.services.delete(service, request.query.volumes === 'true', userId, context),
      );
      return deleted;
    },
  );
}
