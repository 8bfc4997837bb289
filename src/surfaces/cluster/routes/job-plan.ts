import type { z } from 'zod';
import type { JobState } from '#domain/jobs/job/decider.js';
import { jobs } from '#domain/jobs/job/aggregate.js';
import type { DryRun } from '#domain/scheduling/index.js';
import { withAuditors, errors, json, viewDryRun, type Scope } from '#src/surfaces/kit/index.js';
import { submitBody } from '../contract.js';
import { jobPlan, planQuery } from '../plan-contract.js';
import { submissionOf } from '../submission.js';
import { ofStreams, type ClusterSurface } from '../surface.js';
import { jobDifferences } from '../version-view.js';

/** Previews a submission without writing anything. */
export function jobPlans(scope: Scope, surface: ClusterSurface): void {
  const { dryRuns, executor } = surface.parts;

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
        body: submitBody,
        response: { 200: json('The preview', jobPlan), ...errors() },
      },
    },
    async (request) => {
      const asSubmission = () => surface.context(request, undefined, { method: 'POST', path: '/jobs' });
      const { jobId, evaluationId, specification, sealed } = await submissionOf(
        surface,
        request,
        request.body,
        asSubmission,
      );
      const state = await executor.load(jobs, jobId);
      const run = await dryRuns.ask({
        jobId,
        specification: sealed,
        evaluationId,
        most: request.query.limit,
      });
      const changes =
        state.kind === 'present'
          ? jobDifferences(await surface.opened(state.specification), specification)
          : [];
      return {
        job_id: jobId,
        change: changeOf(state, run, changes.length),
        changes,
        groups: viewDryRun(run),
      };
    },
  );
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
