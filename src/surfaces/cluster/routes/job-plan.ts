import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { JobSpecification } from '#domain/jobs/job/specification.js';
import { completedIn, fulfilledIn, type JobState } from '#domain/jobs/job/decider.js';
import { jobs } from '#domain/jobs/job/aggregate.js';
import type { DryRun } from '#domain/scheduling/index.js';
import { madeId } from '#src/engine/commands/index.js';
import { withAuditors, errors, json, type Scope } from '#src/http/index.js';
import { viewDryRun } from '#src/surfaces/dry-run.js';
import { params } from '../contract.js';
import { specificationOf } from '../job-versions.js';
import { jobHintsOf } from '../job-hints.js';
import { jobPlan, planQuery } from '../plan-contract.js';
import { submissionOf } from '../submission.js';
import { ofStreams, type ClusterSurface } from '../surface.js';
import { revertBody } from '../version-contract.js';
import { jobDifferences } from '../version-view.js';

interface Planned {
  readonly jobId: string;
  readonly evaluationId: string;
  readonly specification: JobSpecification;
  /** The same specification, with its environments sealed. */
  readonly sealed: JobSpecification;
  /** Maximum number of nodes that are listed per group. */
  readonly most: number;
}

/** Previews submissions and reverts without writing anything. */
export function jobPlans(scope: Scope, surface: ClusterSurface): void {
  const { executor } = surface.parts;

  scope.post(
    '/jobs/plan',
    {
      config: withAuditors(ofStreams),
      schema: {
        tags: ['jobs'],
        operationId: 'cluster_planJob',
        summary: 'Preview a submission',
        description:
          "Extension. Takes the body of a submission and returns its changes and the scheduler's plan for the current state of each node. Nothing is written. " +
          'Use the `Idempotency-Key` of the later submission so that both consider nodes in the same order; otherwise they may choose different nodes.',
        querystring: planQuery,
        body: surface.submitBody,
        response: { 200: json('The preview', jobPlan), ...errors() },
      },
    },
    async (request, reply) => {
      const asSubmission = () => surface.context(request, undefined, { method: 'POST', path: '/jobs' });
      const { jobId, evaluationId, specification, sealed } = await submissionOf(
        surface,
        request,
        request.body,
        asSubmission,
      );
      const state = await executor.load(jobs, jobId);
      const most = request.query.limit;
      return await planOf(surface, reply, state, { jobId, evaluationId, specification, sealed, most });
    },
  );

  scope.post(
    '/jobs/:job_id/revert/plan',
    {
      config: withAuditors(ofStreams),
      schema: {
        tags: ['jobs'],
        operationId: 'cluster_planJobRevert',
        summary: 'Preview a revert',
        description:
          "Extension. Takes the body of a revert and returns its changes and the scheduler's plan for the current state of each node. The request is refused for the same reasons as a revert. Nothing is written.",
        params: params.job,
        querystring: planQuery,
        body: revertBody,
        response: { 200: json('The preview', jobPlan), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const jobId = surface.ownJobIdIn(request.params.job_id, request);
      const { version } = request.body;
      const { commandId } = surface.context(request, undefined, {
        method: 'POST',
        path: `/jobs/${jobId}/revert`,
      });
      const evaluationId = madeId(commandId, 'evaluation');
      const former = await specificationOf(surface.parts.eventStore, jobId, version);
      const state = await executor.load(jobs, jobId);
      // A revert that would be refused has no plan.
      jobs.decider.decide({ kind: 'revert', jobId, evaluationId, version, former }, state);
      if (former === undefined) throw new MusterError('MUSTER_E_JOB_NOT_FOUND');
      const specification = await surface.opened(former);
      const most = request.query.limit;
      return await planOf(surface, reply, state, {
        jobId,
        evaluationId,
        specification,
        sealed: former,
        most,
      });
    },
  );
}

async function planOf(
  surface: ClusterSurface,
  reply: FastifyReply,
  state: JobState,
  { specification, sealed, ...asked }: Planned,
): Promise<z.input<typeof jobPlan>> {
  const hints = await jobHintsOf(surface, reply, { jobId: asked.jobId, state, after: sealed });
  const run = await surface.parts.dryRuns.ask({
    ...asked,
    specification: sealed,
    ...completedIn(state, sealed, hints.completeVersion),
    ...fulfilledIn(state, sealed, hints.fulfilled),
  });
  const changes =
    state.kind === 'present' ? jobDifferences(await surface.opened(state.specification), specification) : [];
  return {
    job_id: asked.jobId,
    change: changeOf(state, run, changes.length),
    changes,
    groups: viewDryRun(run),
  };
}

function changeOf(
  state: JobState,
  { begins, groups }: DryRun,
  changes: number,
): z.input<typeof jobPlan>['change'] {
  if (state.kind !== 'present') return 'begin';
  if (begins || state.stopped) return 'restart';
  const idle =
    changes === 0 && groups.every(({ placed, stopped, unplaced }) => placed + stopped + unplaced === 0);
  return idle ? 'none' : 'update';
}
