import { MusterError } from '#domain/errors/index.js';
import { deploymentJobOf, ownerOf, previewOf, serviceErrors, services } from '#domain/service/index.js';
import { openGroup } from '#src/engine/sealing/index.js';
import { access, errors, json, takeJson, type Scope } from '#src/surfaces/kit/index.js';
import { previewBody, previewQuery, previewView } from '../contract/preview.js';
import { serviceParams } from '../contract/service.js';
import { viewPreview } from '../preview-view.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';
import { changesBetween } from '../version-view.js';

/** Previews a change without making it. */
export function previews(scope: Scope, surface: ServicesSurface): void {
  takeJson(scope, surface.limits.jsonDepth);
  const { clock, dryRuns, executor, identity } = surface.parts;

  scope.post(
    '/api/v1/services/:id/preview',
    {
      config: { ...access.account(SERVICES_SURFACE), bodyOptional: true, keyless: true },
      schema: {
        tags: ['services'],
        operationId: 'services_previewService',
        summary: 'Tell what an update or a start would do',
        description:
          'Ours. The configuration as it would be rendered, what differs from what runs, and what the scheduler would do with it, node by node, as things ' +
          'are, step by step to its last instance. What an update is refused for it is refused for: so a volume that another service has is 409. ' +
          'A body is optional: without it the present configuration counts. Nothing is changed. What is secret is `***` for everybody. ' +
          'Only administrators see what nodes are called: others see `#1`, `#2` and so on, each the same node throughout the answer.',
        params: serviceParams,
        querystring: previewQuery,
        body: previewBody.optional(),
        response: { 200: json('What it would do', previewView), ...errors(400, 401, 403, 404, 409, 503) },
      },
    },
    async (request, reply) => {
      const service = await surface.changeable(request, reply, request.params.id);
      const { serviceId, tenantId, sealed } = service;
      const account = surface.account(request);
      const sent = request.body?.config;
      const configuration = sent && (await surface.configurations.of({ tenantId, serviceId, role: account.role, former: sealed }, sent));
      if (configuration !== undefined) await surface.volumes.check(service, configuration, account);
      const state = await executor.load(services, serviceId);
      if (state.kind !== 'present') throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_FOUND);
      const preview = previewOf(state, { configuration, ports: await surface.portsOf(serviceId), now: clock.now() });
      const { version, deployment, steps, running } = preview;
      const run = await dryRuns.ask({
        ...steps[0],
        owner: ownerOf(service),
        ...{ jobId: deploymentJobOf(serviceId, deployment.number), then: steps.slice(1), most: request.query.limit },
      });
      const [secret, former] = [await surface.configurations.open(version.sealed), await surface.configurations.open(running?.sealed)];
      const changes = running === undefined ? [] : changesBetween({ config: running.config, secret: former }, { config: version.config, secret });
      const work = await openGroup(identity.sealer, version.work);
      return viewPreview({ preview, changes, secret, work, run, serviceId, namesNodes: account.role === 'admin' });
    },
  );
}
