import { jobs } from '#domain/jobs/job/aggregate.js';
import type { JobCommand } from '#domain/jobs/job/commands.js';
import type { JobEvent } from '#domain/jobs/job/events.js';
import type { Executed } from '#domain/kernel/ports/command-executor.js';
import { message } from '#domain/protocol/index.js';
import { madeId } from '#src/engine/commands/index.js';
import { errors, json, type Scope } from '#src/http/index.js';
import { compiledJob } from '../specification.js';
import { evaluated, params, scaleBody, updateBody } from '../contract.js';
import { withHints } from '../job-hints.js';
import { submissionOf } from '../submission.js';
import { ofStreams, type ClusterSurface } from '../surface.js';
import { jobs as jobModel, type JobDocument } from '#projections/jobs/jobs.js';

const tags = ['jobs'];

export function jobCommands(scope: Scope, surface: ClusterSurface): void {
  scope.post(
    '/jobs',
    {
      config: ofStreams,
      schema: {
        tags,
        operationId: 'cluster_submitJob',
        summary: 'Submit a job',
        description:
          'Creates a job. If a job with this `job_id` exists, it is updated, and started again if it was dead. Instances of a complete job that ran to success are kept if the work of their group is the same, so only additional instances run. An archived job becomes a new job.',
        body: surface.submitBody,
        response: { 200: json('The evaluation of the job', evaluated), ...errors() },
      },
    },
    async (request, reply) => {
      const { jobId, evaluationId, sealed, context } = await submissionOf(
        surface,
        request,
        request.body,
        () => surface.context(request),
      );
      const command: JobCommand = { kind: 'submit', jobId, evaluationId, specification: sealed };
      const done = await surface.execute(reply, jobs, jobId, command, context, {
        fresh: true,
        refine: withHints(surface, reply, jobId),
      });
      return {
        job_id: jobId,
        evaluation_id: done.repeated ? evaluationOf(done) : evaluationId,
        message: '作业评估已创建并加入队列',
      };
    },
  );

  scope.put(
    '/jobs/:job_id',
    {
      config: ofStreams,
      schema: {
        tags,
        operationId: 'cluster_updateJob',
        summary: 'Update a job',
        description:
          'Replaces the specification. If only `count`, a policy, or constraints that the present nodes fulfil change, running allocations are not affected. Groups with `update` are replaced step by step, other groups all at once. A dead job is started. Instances of a complete job that ran to success are kept if the work of their group is the same.',
        params: params.job,
        body: updateBody,
        response: { 200: json('The evaluation of the job', evaluated), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const jobId = surface.ownJobIdIn(request.params.job_id, request);
      const { job_id: _ignored, ...sent } = request.body;
      const specification = compiledJob(sent);
      surface.checkSpecification(request, specification);
      const context = surface.context(request);
      const command: JobCommand = {
        kind: 'update',
        jobId,
        evaluationId: madeId(context.commandId, 'evaluation'),
        specification: await surface.sealed(specification),
      };
      const refine = withHints(surface, reply, jobId);
      const done = await surface.execute(reply, jobs, jobId, command, context, { refine });
      return { job_id: jobId, evaluation_id: evaluationOf(done), message: '作业更新评估已加入队列' };
    },
  );

  scope.post(
    '/jobs/:job_id/scale',
    {
      config: ofStreams,
      schema: {
        tags,
        operationId: 'cluster_scaleJob',
        summary: 'Scale a group of a job',
        description:
          'Extension. Changes the `count` of one group. It applies to the version that the job has when the request is carried out, so a concurrent update is not undone. Allocations that keep running are not affected. A dead job is started.',
        params: params.job,
        body: scaleBody,
        response: { 200: json('The evaluation of the job', evaluated), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const jobId = surface.ownJobIdIn(request.params.job_id, request);
      const { group, count } = request.body;
      const context = surface.context(request);
      const evaluationId = madeId(context.commandId, 'evaluation');
      const command: JobCommand = { kind: 'scale', jobId, evaluationId, count, ...(group && { group }) };
      const refine = withHints(surface, reply, jobId);
      const done = await surface.execute(reply, jobs, jobId, command, context, { refine });
      const message = `${group === undefined ? 'The group' : `Group ${group}`} is scaled to ${count}`;
      return { job_id: jobId, evaluation_id: evaluationOf(done), message };
    },
  );

  scope.delete(
    '/jobs/:job_id',
    {
      config: ofStreams,
      schema: {
        tags,
        operationId: 'cluster_stopJob',
        summary: 'Stop a job',
        description:
          'Stops all allocations of the job. The job becomes dead. Stopping a dead job has no effect.',
        params: params.job,
        response: { 200: json('Job stopped', message), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const jobId = surface.ownJobIdIn(request.params.job_id, request);
      const context = surface.context(request);
      const missing = await surface.end(reply, { as: 'stop', jobId }, context);
      if (missing !== undefined) return { message: endedAnyway(jobId, missing) };
      return { message: `作业 ${jobId} 已停止` };
    },
  );

  scope.post(
    '/jobs/:job_id/delete',
    {
      config: ofStreams,
      schema: {
        tags,
        operationId: 'cluster_deleteJob',
        summary: 'Delete a job',
        description:
          'Stops the allocations of the job and removes the job from all lists. The event history is kept.',
        params: params.job,
        response: { 200: json('Deleted', message), ...errors(404) },
      },
    },
    async (request, reply) => {
      const jobId = surface.ownJobIdIn(request.params.job_id, request);
      const context = surface.context(request);
      const missing = await surface.end(reply, { as: 'delete', jobId }, context);
      if (missing !== undefined) return { message: endedAnyway(jobId, missing) };
      return { message: `作业 ${jobId} 及其相关资源已删除` };
    },
  );

  scope.post(
    '/jobs/:job_id/restart',
    {
      config: ofStreams,
      schema: {
        tags,
        operationId: 'cluster_restartJob',
        summary: 'Restart a job',
        description: 'Starts a dead, complete or failed job with its last specification.',
        params: params.job,
        response: { 200: json('The evaluation of the job', evaluated), ...errors(404, 409) },
      },
    },
    async (request, reply) => {
      const jobId = surface.ownJobIdIn(request.params.job_id, request);
      const context = surface.context(request);
      const endedVersion = endedVersionOf(await surface.document<JobDocument>(reply, jobModel.name, jobId));
      const command: JobCommand = {
        kind: 'restart',
        jobId,
        evaluationId: madeId(context.commandId, 'evaluation'),
        ...(endedVersion !== undefined && { endedVersion }),
      };
      const done = await surface.execute(reply, jobs, jobId, command, context);
      return { job_id: jobId, evaluation_id: evaluationOf(done), message: '作业重启评估已加入队列' };
    },
  );
}

function endedAnyway(jobId: string, missing: string): string {
  return `what runs of job ${jobId} is stopped, although the store has lost its stream: ${missing}`;
}

function endedVersionOf(document: JobDocument | undefined): number | undefined {
  if (document === undefined) return undefined;
  if (document.status === 'complete' || document.status === 'failed') return document.version;
  const { finished } = document;
  return finished?.outcome === 'complete' || finished?.outcome === 'failed' ? finished.version : undefined;
}

/** Returns the evaluation that a command created, even if this is a repetition. */
export function evaluationOf(done: Executed<JobEvent, unknown>): string {
  const evaluationId = done.events
    .flatMap(({ data }) => ('evaluationId' in data ? data.evaluationId : []))
    .at(-1);
  if (evaluationId === undefined) throw new Error('a command that creates an evaluation recorded no event');
  return evaluationId;
}
