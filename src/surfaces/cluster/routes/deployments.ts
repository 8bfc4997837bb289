import { MusterError } from '#domain/kernel/errors/index.js';
import { jobs } from '#domain/jobs/job/aggregate.js';
import { JOB_DEPLOYMENTS, type JobDeploymentsDocument } from '#projections/jobs/job-deployments.js';
import { access, errors, json, type Scope } from '#src/http/index.js';
import { params } from '../contract.js';
import { jobDeploymentList } from '../deployment-contract.js';
import { viewDeployments } from '../deployment-view.js';
import { seesOwned, type ClusterSurface } from '../surface.js';

export function deploymentReads(scope: Scope, surface: ClusterSurface): void {
  scope.get(
    '/jobs/:job_id/deployments',
    {
      config: access.operator,
      schema: {
        tags: ['jobs'],
        operationId: 'cluster_listJobDeployments',
        summary: 'List the deployments of a job',
        description:
          'Extension. Returns deployments, newest first. There is one for each version in which a group with an `update` block is new or has changed tasks. The latest twenty finished deployments are retained; `muster events --job` shows all of them.',
        params: params.job,
        response: { 200: json('The deployments', jobDeploymentList), ...errors(404) },
      },
    },
    async (request, reply) => {
      const jobId = surface.jobIdIn(request.params.job_id, request);
      const state = await surface.parts.executor.load(jobs, jobId);
      if (state.kind === 'absent' || (state.owner !== undefined && !seesOwned(request)))
        throw new MusterError('MUSTER_E_JOB_NOT_FOUND');
      const document = await surface.document<JobDeploymentsDocument>(reply, JOB_DEPLOYMENTS.name, jobId);
      const deployments = document === undefined ? [] : viewDeployments(document);
      return { deployments, count: deployments.length };
    },
  );
}
