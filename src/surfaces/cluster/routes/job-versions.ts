import type { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import { jobs } from '#domain/jobs/job/aggregate.js';
import type { JobCommand } from '#domain/jobs/job/commands.js';
import type { JobSpecification } from '#domain/jobs/job/specification.js';
import { madeId } from '#src/engine/commands/index.js';
import { access, errors, json, type Difference, type Scope } from '#src/http/index.js';
import { ActorNames } from '#src/features/visibility/index.js';
import { evaluated, params } from '../contract.js';
import { withHints } from '../job-hints.js';
import { specificationOf, versionsOf, type VersionEvent } from '../job-versions.js';
import { ofStreams, seesOwned, type ClusterSurface } from '../surface.js';
import { jobVersionList, revertBody, versionPage } from '../version-contract.js';
import { jobDifferences, viewVersion } from '../version-view.js';
import { evaluationOf } from './job-commands.js';

const tags = ['jobs'];

export function jobVersionReads(scope: Scope, surface: ClusterSurface): void {
  scope.get(
    '/jobs/:job_id/versions',
    {
      config: access.operator,
      schema: {
        tags,
        operationId: 'cluster_listJobVersions',
        summary: 'List the versions of a job',
        description:
          'Extension. Returns all specifications of the job, newest first, with time, author and changes.',
        params: params.job,
        querystring: versionPage,
        response: { 200: json('The versions', jobVersionList), ...errors(404) },
      },
    },
    async (request) => {
      const jobId = surface.jobIdIn(request.params.job_id, request);
      const state = await surface.parts.executor.load(jobs, jobId);
      if (state.kind === 'absent' || (state.owner !== undefined && !seesOwned(request)))
        throw new MusterError('MUSTER_E_JOB_NOT_FOUND');
      const present = state.kind === 'present' ? state.version : state.archive.version;
      const { limit, before } = request.query;
      const versions: z.input<typeof jobVersionList>['versions'] = [];
      const names = new ActorNames(surface.parts);
      const view = async (event: VersionEvent, changes: Difference[]) =>
        viewVersion(event, present, changes, await names.of(event.metadata));
      let newer: { readonly event: VersionEvent; readonly specification: JobSpecification } | undefined;
      for await (const event of versionsOf(surface.parts.eventStore, jobId, state.first, before)) {
        const specification =
          state.owner === undefined
            ? await surface.opened(event.data.specification)
            : await surface.complete(event.data.specification);
        if (newer !== undefined)
          versions.push(await view(newer.event, jobDifferences(specification, newer.specification)));
        newer = { event, specification };
        if (versions.length === limit) break;
      }
      if (newer !== undefined && versions.length < limit) versions.push(await view(newer.event, []));
      return { versions, count: versions.length };
    },
  );
}

export function jobReverts(scope: Scope, surface: ClusterSurface): void {
  scope.post(
    '/jobs/:job_id/revert',
    {
      config: ofStreams,
      schema: {
        tags,
        operationId: 'cluster_revertJob',
        summary: 'Revert a job to an earlier version',
        description:
          'Extension. Creates a new version with the specification of an earlier one. A dead job is started.',
        params: params.job,
        body: revertBody,
        response: { 200: json('The evaluation of the job', evaluated), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const jobId = surface.ownJobIdIn(request.params.job_id, request);
      const { version } = request.body;
      const context = surface.context(request);
      const evaluationId = madeId(context.commandId, 'evaluation');
      const former = await specificationOf(surface.parts.eventStore, jobId, version);
      const command: JobCommand = { kind: 'revert', jobId, evaluationId, version, former };
      const refine = withHints(surface, reply, jobId);
      const done = await surface.execute(reply, jobs, jobId, command, context, { refine });
      return {
        job_id: jobId,
        evaluation_id: evaluationOf(done),
        message: `作业回退到版本 ${version} 的评估已加入队列`,
      };
    },
  );
}
