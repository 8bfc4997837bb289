import { MusterError } from '#domain/kernel/errors/index.js';
import { previewOf, serviceErrors, services, type Configuration } from '#domain/services/service/index.js';
import { access, errors, json, type Scope } from '#src/http/index.js';
import { previewBody, previewQuery, previewView } from '../contract/preview.js';
import { serviceParams } from '../contract/service.js';
import { configurationOfVersion } from '../former-configuration.js';
import { checkInitialValues, configurationToRollBack } from '../initial-values.js';
import { viewPreview } from '../preview-view.js';
import { plannedBy } from '../room.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';
import { changesBetween } from '../version-view.js';

export function previews(scope: Scope, surface: ServicesSurface): void {
  const { clock, executor } = surface.parts;

  scope.post(
    '/api/v1/services/:id/preview',
    {
      config: { ...access.account(SERVICES_SURFACE), bodyOptional: true, keyless: true },
      schema: {
        tags: ['services'],
        operationId: 'services_previewService',
        summary: 'Preview an update, a rollback or a start',
        description:
          "Extension. Returns the rendered configuration, its differences from what is running, and the scheduler's plan for the current state of the nodes, " +
          'step by step to the last instance. The request is refused for the same reasons as an update; for example, a volume of a different service returns 409. ' +
          'The body is optional. Default: the current configuration; with `version`, a rollback to that version is previewed. Nothing is changed. Secrets are always masked as `***`. ' +
          'Only administrators see node names; others see `#1`, `#2` and so on, consistently within the response.',
        params: serviceParams,
        querystring: previewQuery,
        body: previewBody.optional(),
        response: { 200: json('The preview', previewView), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const service = await surface.changeable(request, reply, request.params.id);
      const { serviceId, tenantId, sealed } = service;
      const account = surface.account(request);
      const upgrade = request.query.upgrade === 'true';
      const { config, version: former } = request.body ?? {};
      const sent = config ?? (upgrade ? await surface.sentBy(service) : undefined);
      const owner = { tenantId, serviceId, former: sealed, upgrade };
      const state = await executor.load(services, serviceId);
      if (state.kind !== 'present') throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_FOUND);
      const newest = state.versions.get(state.version);
      const isForced = request.query.force === 'true';
      const ofVersion = async (version: number): Promise<Configuration> => {
        const stored = await configurationOfVersion(surface, reply, serviceId, version);
        const asked = { former: stored, newest, force: isForced };
        return (await configurationToRollBack(surface, account, service, asked)).configuration;
      };
      const configuration =
        former === undefined
          ? sent && (await surface.configurationOf(account, owner, sent))
          : await ofVersion(former);
      if (configuration !== undefined) {
        await surface.volumes.check(service, configuration, account);
        if (!isForced && former === undefined)
          await checkInitialValues(surface, state, configuration, newest);
      }
      const preview = previewOf(state, {
        configuration,
        ports: await surface.portsOf(serviceId),
        now: clock.now(),
      });
      const { version, running } = preview;
      const run = await plannedBy(surface, account, service, preview, request.query.limit);
      const content = await surface.configurations.contentOf(version);
      const changes =
        running === undefined ? [] : changesBetween(await surface.configurations.contentOf(running), content);
      const { secret, work } = content;
      return viewPreview({
        preview,
        changes,
        secret,
        work,
        run,
        serviceId,
        namesNodes: account.role === 'admin',
      });
    },
  );
}
