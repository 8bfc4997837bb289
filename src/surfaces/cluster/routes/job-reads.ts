import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import { jobs as jobAggregate } from '#domain/jobs/job/aggregate.js';
import type { StoredDocument } from '#domain/kernel/ports/read-models.js';
import {
  access,
  errors,
  inPages,
  json,
  page,
  named,
  sendList,
  type ListItem,
  markStale,
  read,
  type Scope,
} from '#src/http/index.js';
import { JOB_STATUSES, jobList, jobView, params } from '../contract.js';
import { seesOwned, type ClusterSurface } from '../surface.js';
import { tasksOf, viewArchivedJob, viewJob, viewJobAllocation } from '../view.js';
import { allocations as allocationModel, type AllocationDocument } from '#projections/jobs/allocations.js';
import { JOB_DEPLOYMENTS, type JobDeploymentsDocument } from '#projections/jobs/job-deployments.js';
import { jobs, type FormerVersion, type JobDocument } from '#projections/jobs/jobs.js';

const tags = ['jobs'];
const query = z.strictObject({
  status: z
    .enum(JOB_STATUSES)
    .optional()
    .meta({ title: 'JobStatusFilter', description: 'Only jobs with this status' }),
  ...page,
});

export function jobReads(scope: Scope, surface: ClusterSurface): void {
  scope.get(
    '/jobs',
    {
      config: access.operator,
      schema: {
        tags,
        operationId: 'cluster_listJobs',
        summary: 'List jobs',
        description: 'Returns all jobs of this surface with their allocations, in order of creation.',
        querystring: query,
        response: { 200: json('The jobs', jobList), ...errors() },
      },
    },
    (request, reply) => sendList(reply, named('jobs'), jobItems(surface, request.query)),
  );

  scope.get(
    '/jobs/:job_id',
    {
      config: access.operator,
      schema: {
        tags,
        operationId: 'cluster_getJob',
        summary: 'Get a job',
        description:
          'Returns one job with its allocations. A job that ended long ago is no longer listed, and is marked as archived here.',
        params: params.job,
        response: { 200: json('The job', jobView), ...errors(404) },
      },
    },
    async (request, reply) => {
      const jobId = surface.jobIdIn(request.params.job_id, request);
      // Started together, so that the reads are batched.
      const [document, allocations] = await Promise.all([
        surface.document<JobDocument>(reply, jobs.name, jobId),
        allocationsOf(surface, jobId),
      ]);
      if (document === undefined) return await archivedJob(surface, jobId, request);
      if (document.owner !== undefined && !seesOwned(request))
        throw new MusterError('MUSTER_E_JOB_NOT_FOUND');
      const rolled = document.specification.task_groups.some(({ update }) => update !== undefined);
      const deployments = rolled
        ? await surface.document<JobDeploymentsDocument>(reply, JOB_DEPLOYMENTS.name, jobId)
        : undefined;
      const { json, stale } = await jobItem(surface, document, allocations, deployments);
      if (stale) markStale(reply);
      reply.type('application/json; charset=utf-8');
      return json;
    },
  );
}

async function archivedJob(
  surface: ClusterSurface,
  jobId: string,
  request: FastifyRequest,
): Promise<z.input<typeof jobView>> {
  const state = await surface.parts.executor.load(jobAggregate, jobId);
  if (state.kind !== 'archived' || (state.owner !== undefined && !seesOwned(request)))
    throw new MusterError('MUSTER_E_JOB_NOT_FOUND');
  return viewArchivedJob({ ...state, specification: await openedOf(surface, state) });
}

/** Returns the specification as submitted, except for values that other surfaces sealed. */
async function openedOf(
  surface: ClusterSurface,
  { owner, specification }: Pick<JobDocument, 'owner' | 'specification'>,
): Promise<JobDocument['specification']> {
  return owner === undefined ? await surface.opened(specification) : await surface.complete(specification);
}

async function openedJob(surface: ClusterSurface, job: JobDocument): Promise<JobDocument> {
  const specification = await openedOf(surface, job);
  if (job.owner === undefined) return { ...job, specification };
  const former = await Promise.all(
    job.former.map(async (version) => ({ ...version, tasks: await completeTasks(surface, version.tasks) })),
  );
  return { ...job, specification, former };
}

async function completeTasks(
  surface: ClusterSurface,
  groups: FormerVersion['tasks'],
): Promise<FormerVersion['tasks']> {
  const complete = Object.entries(groups).map(
    async ([group, tasks]) => [group, await surface.withPrograms(tasks)] as const,
  );
  return Object.fromEntries(await Promise.all(complete));
}

async function* jobItems(
  surface: ClusterSurface,
  { status, after, limit }: z.infer<typeof query>,
): AsyncGenerator<ListItem> {
  let count = 0;
  const where = status === undefined ? {} : { where: { index: 'status', value: status } };
  const options = { ...where, ...(after !== undefined && { after }) };
  const pages = inPages(surface.parts.readModels, jobs.name, options, limit);
  for await (const documents of pages) {
    for (const stored of documents) {
      const document = read<JobDocument>(stored);
      if (document.owner !== undefined) continue;
      if (count === limit) return;
      count += 1;
      const { json, stale } = await jobItem(surface, document, await allocationsOf(surface, document.jobId));
      yield { json, stale: stale || stored.parked };
    }
  }
}

async function jobItem(
  surface: ClusterSurface,
  job: JobDocument,
  allocations: readonly StoredDocument[],
  deployments?: JobDeploymentsDocument,
): Promise<ListItem> {
  const opened = await openedJob(surface, job);
  const views = allocations.map((stored) => {
    const allocation = read<AllocationDocument>(stored);
    return viewJobAllocation(allocation, tasksOf(opened, allocation));
  });
  const view = viewJob(opened, views, deployments);
  return { json: JSON.stringify(view), stale: allocations.some(({ parked }) => parked) };
}

export async function allocationsOf(
  surface: ClusterSurface,
  jobId: string,
): Promise<readonly StoredDocument[]> {
  const found: StoredDocument[] = [];
  const pages = surface.parts.readModels.list(allocationModel.name, {
    where: { index: 'job', value: jobId },
  });
  for await (const documents of pages) found.push(...documents);
  return found;
}
