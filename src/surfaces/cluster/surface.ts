import type { FastifyRequest } from 'fastify';
import { MusterError } from '#domain/kernel/errors/index.js';
import { isOwnedJob } from '#domain/event-types/index.js';
import { MAX_SPECIFICATION_BYTES, type JobSpecification } from '#domain/jobs/job/specification.js';
import { CLUSTER_SUBJECT } from '#domain/kernel/sealing/index.js';
import { refusedConstraint } from '#domain/scheduling/index.js';
import { hasEnvironments, openEnvironments, sealEnvironments } from '#src/engine/sealing/index.js';
import { idIn, SurfaceCalls, type SurfaceHost } from '#src/surfaces/kit/index.js';

export const SURFACE = 'cluster';

type Constrained = { readonly [Part in 'task_groups' | 'constraints']?: JobSpecification[Part] | undefined };

export class ClusterSurface extends SurfaceCalls {
  constructor(host: SurfaceHost) {
    super(SURFACE, host);
  }

  /** Seals the environments of a specification for events. Synchronous if there are none. */
  sealed<Content extends Constrained>(content: Content): Content | Promise<Content> {
    return hasEnvironments(content)
      ? sealEnvironments(this.parts.identity.sealer, CLUSTER_SUBJECT, content)
      : content;
  }

  async opened<Content extends Constrained>(content: Content): Promise<Content> {
    return await openEnvironments(this.parts.identity.sealer, content);
  }

  /** Throws if a specification exceeds the size of an event, has a constraint that can never be evaluated, or uses a volume of another surface. */
  checkSpecification(request: FastifyRequest, specification: Constrained): void {
    // A body far below the limit cannot contain a specification above it, so measuring is unnecessary.
    if (
      !(Number(request.headers['content-length']) < MAX_SPECIFICATION_BYTES / 4) &&
      Buffer.byteLength(JSON.stringify(specification)) > MAX_SPECIFICATION_BYTES
    ) {
      throw new MusterError('MUSTER_E_BODY_TOO_LARGE', { limit: MAX_SPECIFICATION_BYTES });
    }
    const refused = refusedConstraint(specification);
    if (refused !== undefined) throw new MusterError('MUSTER_E_INVALID', refused);
    refuseOwnedVolumes(specification);
  }
}

/** Volumes of other surfaces have the same prefixes as their jobs. */
function refuseOwnedVolumes({ task_groups = [] }: Constrained): void {
  task_groups.forEach(({ tasks }, group) =>
    tasks.forEach(({ volumes = [] }, task) =>
      volumes.forEach(({ name }, place) => {
        if (!isOwnedJob(name)) return;
        const field = `task_groups[${group}].tasks[${task}].volumes[${place}].name`;
        throw new MusterError('MUSTER_E_INVALID', {
          field,
          problem: `begins with ${name.slice(0, name.indexOf('.') + 1)}, which is reserved`,
        });
      }),
    ),
  );
}

export function seesOwned({ principal }: FastifyRequest): boolean {
  return principal.kind === 'user' && principal.role === 'admin';
}

/** Validates a job id of a path for reading. Jobs of other surfaces exist only for an administrator. */
export function jobIdIn(path: string, request: FastifyRequest): string {
  if (isOwnedJob(path) && !seesOwned(request)) throw new MusterError('MUSTER_E_JOB_NOT_FOUND');
  return idIn(path, 'MUSTER_E_JOB_NOT_FOUND');
}

/** Validates a job id of a path for changes, which jobs of other surfaces do not accept here. */
export function ownJobIdIn(path: string, request: FastifyRequest): string {
  const jobId = jobIdIn(path, request);
  if (isOwnedJob(jobId))
    throw new MusterError('MUSTER_E_FORBIDDEN', {
      problem: `job ${jobId} is changed on the surface that owns it`,
    });
  return jobId;
}
