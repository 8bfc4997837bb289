import { MusterError } from '#domain/kernel/errors/index.js';
import { access, errors, json, idIn, markStale, read, type Scope } from '#src/http/index.js';
import { evaluationView, params } from '../contract.js';
import { seesOwned, type ClusterSurface } from '../surface.js';
import { viewEvaluation } from '../view.js';
import type { AllocationDocument } from '#projections/jobs/allocations.js';
import type { JobEvaluation } from '#projections/jobs/evaluations.js';
import { EVALUATION_INDEX, jobs, type JobDocument } from '#projections/jobs/jobs.js';
import { allocationsOf } from './job-reads.js';

const PLACED_SHOWN = 100;

export function evaluationReads(scope: Scope, surface: ClusterSurface): void {
  scope.get(
    '/evaluations/:evaluation_id',
    {
      config: access.operator,
      schema: {
        tags: ['evaluations'],
        operationId: 'cluster_getEvaluation',
        summary: 'Get an evaluation',
        description:
          'Returns whether the evaluation is complete, what it placed, and why it could not place more.',
        params: params.evaluation,
        response: { 200: json('The evaluation', evaluationView), ...errors(404) },
      },
    },
    async (request, reply) => {
      const evaluationId = idIn(request.params.evaluation_id, 'MUSTER_E_EVALUATION_NOT_FOUND', {
        evaluationId: '?',
      });
      const { job, stale } = await jobOf(surface, evaluationId);
      const evaluation = job?.evaluations.findLast(({ id }) => id === evaluationId);
      if (
        job === undefined ||
        evaluation === undefined ||
        (surface.parts.catalog.isOwnedJob(job.jobId) && !seesOwned(request))
      ) {
        throw new MusterError('MUSTER_E_EVALUATION_NOT_FOUND', { evaluationId });
      }
      if (stale) markStale(reply);
      return viewEvaluation(job, evaluation, await placedBy(surface, job.jobId, evaluation));
    },
  );
}

async function jobOf(
  { parts }: ClusterSurface,
  evaluationId: string,
): Promise<{ readonly job: JobDocument | undefined; readonly stale: boolean }> {
  for await (const [stored] of parts.readModels.list(jobs.name, {
    where: { index: EVALUATION_INDEX, value: evaluationId },
    limit: 1,
  }))
    if (stored !== undefined) return { job: read<JobDocument>(stored), stale: stored.parked };
  return { job: undefined, stale: false };
}

async function placedBy(
  surface: ClusterSurface,
  jobId: string,
  { id, placed = 0 }: JobEvaluation,
): Promise<readonly string[]> {
  if (placed === 0) return [];
  const allocations = (await allocationsOf(surface, jobId)).map((stored) => read<AllocationDocument>(stored));
  const own = allocations.filter(({ evaluationId }) => evaluationId === id);
  return own.slice(-PLACED_SHOWN).map(({ allocationId }) => allocationId);
}
