import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { JobSpecification } from '#domain/jobs/job/specification.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import { madeId } from '#src/engine/commands/index.js';
import { hasEnvironments } from '#src/fleet/sealed-environments/index.js';
import type { SubmitBody } from './contract.js';
import { compiledJob } from './specification.js';
import type { ClusterSurface } from './surface.js';

export interface Submission {
  readonly jobId: string;
  readonly evaluationId: string;
  readonly specification: JobSpecification;
  readonly sealed: JobSpecification;
  readonly context: CommandContext;
}

/** Throws `MUSTER_E_INVALID` or `MUSTER_E_BODY_TOO_LARGE`. */
export async function submissionOf(
  surface: ClusterSurface,
  request: FastifyRequest,
  { job_id: given, ...sent }: z.output<SubmitBody>,
  context: () => CommandContext,
): Promise<Submission> {
  if (given !== undefined && surface.parts.catalog.isOwnedJob(given)) {
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'job_id',
      problem: `begins with ${given.slice(0, given.indexOf('.') + 1)}, which is reserved`,
    });
  }
  const specification = compiledJob(sent);
  surface.checkSpecification(request, specification);
  const asked = context();
  const { commandId } = asked;
  const sealed = hasEnvironments(specification) ? await surface.sealed(specification) : specification;
  return {
    jobId: given ?? madeId(commandId, 'job'),
    evaluationId: madeId(commandId, 'evaluation'),
    specification,
    sealed,
    context: asked,
  };
}
