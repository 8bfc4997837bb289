import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { deploymentKeyOf, serviceErrors, type Configuration } from '#domain/services/service/index.js';
import {
  serviceDeployments,
  type ServiceDeploymentDocument,
} from '#projections/services/service-deployments.js';
import { serviceVersions, type ServiceVersionDocument } from '#projections/services/service-versions.js';
import {
  access,
  errors,
  flag,
  ignoreBodies,
  json,
  message,
  newestFirst,
  read,
  takeJson,
  type Scope,
} from '#src/surfaces/kit/index.js';
import {
  deploymentList,
  rollbackBody,
  serviceParams,
  startedDeployment,
  versionList,
} from '../contract/service.js';
import { viewDeployment, viewStarted } from '../service-view.js';
import { presentIn } from '../services.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';
import { viewVersion } from '../version-view.js';

const tags = ['services'];
const account = access.account(SERVICES_SURFACE);
const ofStreamAlone = { ...account, streamAlone: true };
const params = serviceParams;
const newest = z.strictObject({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(50)
    .meta({ description: 'Maximum number of items' }),
  before: z.coerce.number().int().min(1).optional().meta({ description: 'Only items with a smaller number' }),
});

const beginQuery = z.strictObject({
  pull: flag.meta({
    description:
      'Extension. Pull the image again and use its current meaning from now on. By default a version that has run keeps its first image, wherever the tag points now',
  }),
});

export function deploymentOrders(scope: Scope, surface: ServicesSurface): void {
  ignoreBodies(scope);
  const { clock } = surface.parts;

  scope.post(
    '/api/v1/services/:id/start',
    {
      config: ofStreamAlone,
      schema: {
        tags,
        operationId: 'services_startService',
        summary: 'Start a service',
        description:
          'Starts a deployment of the newest version. It is complete when its instances have been healthy for `min_healthy_seconds`.',
        params,
        querystring: beginQuery,
        response: { 200: json('Deployment started', startedDeployment), ...errors(400, 401, 403, 404, 422) },
      },
    },
    async (request, reply) => {
      const service = await surface.presentService(request, request.params.id);
      const { serviceId } = service;
      const { userId } = surface.account(request);
      const context = surface.context(request);
      const newest = service.versions.get(service.version);
      if (newest !== undefined) await surface.checkQuota(service, newest.work, context);
      const command = {
        kind: 'start',
        by: userId,
        now: clock.now(),
        pull: request.query.pull === 'true',
      } as const;
      const executed = await surface.services.order(serviceId, command, context);
      await surface.written(reply, executed.position);
      const requested = executed.events.find((event) => event.type === 'DeploymentRequested');
      if (requested === undefined) throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_FOUND);
      return { message: 'Service deployment started', deployment: viewStarted(requested) };
    },
  );

  scope.post(
    '/api/v1/services/:id/stop',
    {
      config: { ...ofStreamAlone, unmetered: true },
      schema: {
        tags,
        operationId: 'services_stopService',
        summary: 'Stop a service',
        description: 'Stops its instances and cancels a deployment in progress.',
        params,
        response: { 200: json('Accepted', message), ...errors(400, 401, 403, 404, 422) },
      },
    },
    async (request, reply) => {
      const { serviceId } = await surface.presentService(request, request.params.id);
      const { userId } = surface.account(request);
      const { position } = await surface.services.order(
        serviceId,
        { kind: 'stop', by: userId },
        surface.context(request),
      );
      await surface.written(reply, position);
      return { message: 'Service stopped successfully' };
    },
  );

  scope.post(
    '/api/v1/services/:id/restart',
    {
      config: ofStreamAlone,
      schema: {
        tags,
        operationId: 'services_restartService',
        summary: 'Restart a service',
        description: 'Restarts its instances in place with the same version, without a deployment.',
        params,
        querystring: beginQuery,
        response: { 200: json('Accepted', message), ...errors(400, 401, 403, 404, 422) },
      },
    },
    async (request, reply) => {
      const { serviceId } = await surface.presentService(request, request.params.id);
      const { userId } = surface.account(request);
      const command = { kind: 'restart', by: userId, pull: request.query.pull === 'true' } as const;
      const { position } = await surface.services.order(serviceId, command, surface.context(request));
      await surface.written(reply, position);
      return { message: 'Service restarted successfully' };
    },
  );
}

export function rollbacks(scope: Scope, surface: ServicesSurface): void {
  takeJson(scope, surface.limits.jsonDepth);

  scope.post(
    '/api/v1/services/:id/rollback',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_rollBackService',
        summary: 'Roll back to a version',
        description:
          'Extension. Creates a new version equal to the given one; a running service is rolled over to it.',
        params,
        body: rollbackBody,
        response: { 200: json('Accepted', message), ...errors(400, 401, 403, 404, 422) },
      },
    },
    async (request, reply) => {
      const { serviceId } = await surface.changeable(request, reply, request.params.id);
      const { version } = request.body;
      const stored = await surface.document<ServiceVersionDocument>(
        reply,
        serviceVersions.name,
        deploymentKeyOf(serviceId, version),
      );
      if (stored === undefined)
        throw new MusterError(serviceErrors.MUSTER_E_SERVICE_VERSION_NOT_FOUND, { version });
      const { userId } = surface.account(request);
      const command = {
        kind: 'rollBack',
        version,
        former: configurationOf(stored),
        by: userId,
        now: surface.parts.clock.now(),
        ports: await surface.portsOf(serviceId),
      } as const;
      const executed = await surface.services.order(serviceId, command, surface.context(request));
      await surface.written(reply, executed.position);
      return {
        message: `Service rolled back to version ${version} as version ${presentIn(executed).version}`,
      };
    },
  );
}

/** Attempts to read a list whose newest entry is missing, and the delay in milliseconds. */
const ATTEMPTS = 10;
const AGAIN_MS = 50;

/**
 * Returns the newest deployments, with numbers below that of `before` if it is set. A store may write the documents of one append separately, so a
 * failed deployment can appear before its rollback. It knows the number of its successors, and incomplete lists are read again.
 */
export async function newestDeployments(
  {
    readModels,
    clock,
  }: { readonly readModels: Pick<ReadModels, 'list'>; readonly clock: Pick<Clock, 'sleep'> },
  serviceId: string,
  limit: number,
  before?: string,
): Promise<readonly ServiceDeploymentDocument[]> {
  for (let looks = 1; ; looks += 1) {
    const found: ServiceDeploymentDocument[] = [];
    for await (const stored of newestFirst(
      readModels,
      serviceDeployments.name,
      { index: 'service', value: serviceId },
      limit,
      before,
    ))
      found.push(read<ServiceDeploymentDocument>(stored));
    const newest = Math.max(...found.map(({ number, retention }) => number + retention.later));
    if (before !== undefined || found.length === 0 || found[0]?.number === newest || looks === ATTEMPTS)
      return found;
    await clock.sleep(AGAIN_MS);
  }
}

export function deploymentReads(scope: Scope, surface: ServicesSurface): void {
  ignoreBodies(scope);
  const { readModels } = surface.parts;

  scope.get(
    '/api/v1/services/:id/deployments',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_listDeployments',
        summary: 'List deployments',
        description: 'Extension. Newest first, with steps and times, so that slow steps are visible.',
        params,
        querystring: newest,
        response: { 200: json('The deployments', deploymentList), ...errors(400, 401, 404) },
      },
    },
    async (request, reply) => {
      const { serviceId } = await surface.service(request, reply, request.params.id);
      const { limit, before } = request.query;
      const key = before === undefined ? undefined : deploymentKeyOf(serviceId, before);
      const deployments = await newestDeployments(surface.parts, serviceId, limit, key);
      return { deployments: deployments.map(viewDeployment), total: deployments.length };
    },
  );

  scope.get(
    '/api/v1/services/:id/versions',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_listVersions',
        summary: 'List versions',
        description:
          'Extension. Newest first, each with its differences from the previous one. Secrets are always `***`.',
        params,
        querystring: newest,
        response: { 200: json('The versions', versionList), ...errors(400, 401, 404) },
      },
    },
    async (request, reply) => {
      const { serviceId } = await surface.service(request, reply, request.params.id);
      const { limit, before } = request.query;
      const key = before === undefined ? undefined : deploymentKeyOf(serviceId, before);
      const found: ServiceVersionDocument[] = [];
      // One more, to compare the oldest shown version with its predecessor.
      for await (const stored of newestFirst(
        readModels,
        serviceVersions.name,
        { index: 'service', value: serviceId },
        limit + 1,
        key,
      ))
        found.push(read<ServiceVersionDocument>(stored));
      const secrets = await Promise.all(
        found.map(async ({ sealed }) => await surface.configurations.open(sealed)),
      );
      const versions = found
        .slice(0, limit)
        .map((version, index) =>
          viewVersion(version, secrets[index] ?? {}, found[index + 1], secrets[index + 1] ?? {}),
        );
      return { versions, total: versions.length };
    },
  );
}

function configurationOf({
  config,
  digest,
  sealed,
  template,
  work,
  imageDigest,
}: ServiceVersionDocument): Configuration {
  const secret = { ...(sealed !== undefined && { sealed }), ...(template !== undefined && { template }) };
  return { config, digest, ...secret, work, ...(imageDigest !== undefined && { imageDigest }) };
}
