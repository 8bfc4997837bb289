import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import { deploymentKeyOf, MUSTER, serviceErrors } from '#domain/services/service/index.js';
import { message } from '#domain/protocol/index.js';
import { serviceVersions, type ServiceVersionDocument } from '#projections/services/service-versions.js';
import { access, errors, flag, json, newestFirst, read, newestPage, type Scope } from '#src/http/index.js';
import { VisibleActors } from '#src/features/visibility/index.js';
import {
  deploymentList,
  forceFlag,
  rollbackBody,
  rotateBody,
  serviceParams,
  startedDeployment,
  versionList,
} from '../contract/service.js';
import { viewDeployment, viewStarted } from '../service-view.js';
import { changeService, newestVersion } from '../change-service.js';
import { configurationOfVersion } from '../former-configuration.js';
import { configurationToRollBack, doubtfulValues, viewDoubtful } from '../initial-values.js';
import { replacedBy } from '../room.js';
import { ValueRotation } from '../value-rotation.js';
import { newestDeployments } from '../newest-deployments.js';
import { presentIn } from '../services.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';
import { viewVersion } from '../version-view.js';

const tags = ['services'];
const account = access.account(SERVICES_SURFACE);
const ofStream = { ...account, waits: 'position' } as const;
const params = serviceParams;
const newest = newestPage(1000);

const beginQuery = z.strictObject({
  pull: flag.meta({
    description:
      'Extension. Pull the image again and use the image that its tag refers to now. By default, a version that has run keeps its first image, even if the tag has moved',
  }),
});

export function deploymentRoutes(scope: Scope, surface: ServicesSurface): void {
  const { clock } = surface.parts;

  scope.post(
    '/api/v1/services/:id/start',
    {
      config: ofStream,
      schema: {
        tags,
        operationId: 'services_startService',
        summary: 'Start a service',
        description:
          'Starts a deployment of the latest version. It is complete once its instances have been healthy for `min_healthy_seconds`.',
        params,
        querystring: beginQuery,
        response: { 200: json('Deployment started', startedDeployment), ...errors(404) },
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
        ports: await surface.portsOf(serviceId),
      } as const;
      const executed = await surface.services.order(serviceId, command, context);
      await surface.written(reply, executed.position);
      const requested = executed.events.find((event) => event.type === 'DeploymentRequested');
      if (requested === undefined) throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_FOUND);
      return {
        message: 'Service deployment started',
        ...viewDoubtful(await doubtfulValues(surface, serviceId, newest)),
        deployment: viewStarted(requested),
      };
    },
  );

  scope.post(
    '/api/v1/services/:id/stop',
    {
      config: { ...ofStream, unmetered: true },
      schema: {
        tags,
        operationId: 'services_stopService',
        summary: 'Stop a service',
        description: 'Stops all instances and cancels any deployment in progress.',
        params,
        response: { 200: json('Accepted', message), ...errors(404) },
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
      config: ofStream,
      schema: {
        tags,
        operationId: 'services_restartService',
        summary: 'Restart a service',
        description: 'Restarts all instances in place with the same version, without a deployment.',
        params,
        querystring: beginQuery,
        response: { 200: json('Accepted', message), ...errors(404) },
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

  scope.post(
    '/api/v1/services/:id/rollback',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_rollBackService',
        summary: 'Roll back to a version',
        description:
          'Extension. Creates a new version identical to the given one and, if the service is running, rolls it out. Values of `initial` variables stay those that are in force in the volume, unless `force` is set, or `values_may_differ` of the service names some: then the version says which values the content has. Preview it with `POST …/preview` and the same body. Refused with 409 for the same reasons as an update.',
        params,
        querystring: z.strictObject({ force: forceFlag }),
        body: rollbackBody,
        response: { 200: json('Accepted', message), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const service = await surface.changeable(request, reply, request.params.id);
      const { serviceId } = service;
      const { version } = request.body;
      const stored = await configurationOfVersion(surface, reply, serviceId, version);
      const account = surface.account(request);
      const now = surface.parts.clock.now();
      const force = request.query.force === 'true';
      const newest = await newestVersion(surface, serviceId);
      const { configuration: former, kept } = await configurationToRollBack(surface, account, service, {
        former: stored,
        newest,
        force,
      });
      const command = {
        kind: 'rollBack',
        version,
        former,
        by: account.userId,
        now,
        ...(await replacedBy(surface, service, { account, configuration: former, force, now })),
      } as const;
      const executed = await surface.services.order(serviceId, command, surface.context(request));
      await surface.written(reply, executed.position);
      return {
        message: `Service rolled back to version ${version} (new version: ${presentIn(executed).version})${
          kept.length === 0 ? '' : `. It keeps the values that the volume has: ${kept.join(', ')}`
        }`,
      };
    },
  );

  scope.post(
    '/api/v1/services/:id/upgrade',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_upgradeService',
        summary: 'Upgrade a service to the template as it is now',
        description:
          'Extension. Creates a version from the same configuration and the present template, and rolls it out if the service is running. ' +
          'An update uses the template as it was when the service was created or last upgraded, so only an upgrade adopts a change of the template. ' +
          'Without a difference, no version is created. Preview it with `POST …/preview?upgrade=true`. Refused with 409 for the same reasons as an update.',
        params,
        querystring: z.strictObject({ force: forceFlag }),
        response: { 200: json('Accepted', message), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const service = await surface.changeable(request, reply, request.params.id);
      const { serviceId, tenantId, sealed } = service;
      const [account, context] = [surface.account(request), surface.context(request)];
      const owner = { tenantId, serviceId, former: sealed, upgrade: true };
      const configuration = await surface.configurationOf(account, owner, await surface.sentBy(service));
      const force = request.query.force === 'true';
      const executed = await changeService(surface, service, { configuration }, { account, force, context });
      await surface.written(reply, executed.position);
      const { version } = presentIn(executed);
      return {
        message: executed.events.some(({ type }) => type === 'ServiceConfigured')
          ? `Service upgraded to the present template (new version: ${version})`
          : `Nothing to upgrade: version ${version} already uses the present template`,
      };
    },
  );

  const rotation = new ValueRotation(surface);

  scope.post(
    '/api/v1/services/:id/rotate',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_rotateValue',
        summary: 'Change a value that is read only while the volume is empty',
        description:
          'Extension. Runs the `rotate` step that the template declares for the variable in the running instance, and gives it the former and the new value in its environment. ' +
          'If it exits with 0, a version with the new value is created and rolled out. A step that takes longer than 60 seconds is ended. ' +
          'Refused with 409 if the step fails, if another value of the service is being changed, or if no node has room for the new version. If it is not known whether the step succeeded, repeat the request: it then generates the same value again.',
        params,
        body: rotateBody,
        response: { 200: json('The value was changed', message), ...errors(404, 409, 429, 502) },
      },
    },
    async (request, reply) => {
      const service = await surface.changeable(request, reply, request.params.id);
      const { variable } = request.body;
      const version = await rotation.run(request, reply, service, request.body);
      return { message: `${variable} was changed in the program (new version: ${version})` };
    },
  );

  const { readModels } = surface.parts;

  scope.get(
    '/api/v1/services/:id/deployments',
    {
      config: account,
      schema: {
        tags,
        operationId: 'services_listDeployments',
        summary: 'List deployments',
        description:
          'Extension. Returns deployments, newest first, with the time of each step, so that slow steps are visible.',
        params,
        querystring: newest,
        response: { 200: json('The deployments', deploymentList), ...errors(404) },
      },
    },
    async (request, reply) => {
      const { serviceId } = await surface.service(request, reply, request.params.id);
      const { limit, before } = request.query;
      const key = before === undefined ? undefined : deploymentKeyOf(serviceId, before);
      const deployments = await newestDeployments(surface.parts, serviceId, limit, key);
      const actors = new VisibleActors(surface.parts, request);
      const shown = deployments.map(async (each) => viewDeployment(each, await nameOf(actors, each)));
      return { deployments: await Promise.all(shown), total: deployments.length };
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
          'Extension. Returns versions, newest first, each with its differences from the previous one. Secrets are always masked as `***`.',
        params,
        querystring: newest,
        response: { 200: json('The versions', versionList), ...errors(404) },
      },
    },
    async (request, reply) => {
      const { serviceId } = await surface.service(request, reply, request.params.id);
      const { limit, before } = request.query;
      const key = before === undefined ? undefined : deploymentKeyOf(serviceId, before);
      const found: ServiceVersionDocument[] = [];
      for await (const stored of newestFirst(
        readModels,
        serviceVersions.name,
        { index: 'service', value: serviceId },
        limit + 1,
        key,
      ))
        found.push(read<ServiceVersionDocument>(stored));
      const contents = await Promise.all(
        found.map(async (version) => await surface.configurations.contentOf(version)),
      );
      const actors = new VisibleActors(surface.parts, request);
      const versions = found
        .slice(0, limit)
        .map(async (version, index) =>
          viewVersion(version, await nameOf(actors, version), contents[index]!, contents[index + 1]),
        );
      return { versions: await Promise.all(versions), total: versions.length };
    },
  );
}

/** Returns the name of the account that made a version or deployment. Null for a rollback that Muster made. */
async function nameOf(
  actors: VisibleActors,
  { by, apiKey }: { readonly by: string; readonly apiKey?: string },
): Promise<string | null> {
  return by === MUSTER ? null : await actors.nameOf(by, apiKey);
}
