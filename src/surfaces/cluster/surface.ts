import type { FastifyReply, FastifyRequest } from 'fastify';
import { MusterError } from '#domain/kernel/errors/index.js';
import { MAX_SPECIFICATION_BYTES, type JobSpecification, type Task } from '#domain/jobs/job/specification.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { History } from '#domain/kernel/ports/history.js';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import { CLUSTER_SUBJECT } from '#domain/kernel/sealing/index.js';
import { refusedConstraint } from '#domain/scheduling/index.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import { allocations, type AllocationDocument } from '#projections/jobs/allocations.js';
import { jobs, type JobDocument } from '#projections/jobs/jobs.js';
import { endJob, type JobEnd } from '#src/fleet/end-job.js';
import { TaskDefinitions, type NodeCommands, type NodeDocuments } from '#src/fleet/nodes/index.js';
import type { DryRuns } from '#src/fleet/scheduler/index.js';
import type { CommandParts } from '#src/features/exec/index.js';
import type { LogParts } from '#src/features/task-logs/index.js';
import type { VisibilityParts } from '#src/features/visibility/index.js';
import type { WhatIfReads } from '#src/features/what-if/index.js';
import type { Identity } from '#src/accounts/index.js';
import { madeId } from '#src/engine/commands/index.js';
import { hasEnvironments, openEnvironments, sealEnvironments } from '#src/fleet/sealed-environments/index.js';
import { access, idIn, SurfaceCalls, type CallParts, type SurfaceHost } from '#src/http/index.js';
import type { NodeAccess } from '#src/fleet/node-access/index.js';
import { submitBody, type SubmitBody } from './contract.js';

export const SURFACE = 'cluster';
/** For operators' requests that read only streams or the scheduler's state. */
export const ofStreams = { ...access.operator, waits: 'nothing' } as const;

type Constrained = { readonly [Part in 'task_groups' | 'constraints']?: JobSpecification[Part] | undefined };

/** What this surface uses of the server. */
export type ClusterParts = CallParts &
  CommandParts &
  LogParts &
  VisibilityParts & {
    readonly identity: Identity;
    readonly nodes: Pick<NodeAccess, 'authorize' | 'secretOf'>;
    readonly eventStore: EventStore;
    readonly catalog: Catalog;
    readonly clock: Clock;
    readonly nodeCommands: NodeCommands;
    readonly documents: Pick<NodeDocuments, 'read'>;
    readonly agentChannel: AgentChannel;
    readonly dryRuns: DryRuns;
    readonly whatIf: WhatIfReads;
    readonly history?: History | undefined;
    readonly settings: { readonly testApiKey: string | undefined; readonly openExecution?: boolean };
  };

export class ClusterSurface extends SurfaceCalls<ClusterParts> {
  readonly submitBody: SubmitBody;
  readonly #definitions: TaskDefinitions;

  constructor(host: SurfaceHost<ClusterParts>) {
    super(SURFACE, host);
    this.submitBody = submitBody(this.parts.catalog.ownedJobs);
    this.#definitions = new TaskDefinitions(this.parts.eventStore, this.parts.identity.sealer);
  }

  /** Stops or deletes a job. Returns what the store has lost of its stream, if anything. */
  async end(
    reply: FastifyReply,
    end: Omit<JobEnd, 'evaluationId'>,
    context: CommandContext,
  ): Promise<string | undefined> {
    const { position, missing } = await endJob(
      this.parts.executor,
      { ...end, evaluationId: madeId(context.commandId, 'evaluation') },
      async () => await this.document<JobDocument>(reply, jobs.name, end.jobId),
      context,
    );
    await this.written(reply, position);
    return missing;
  }

  sealed<Content extends Constrained>(content: Content): Content | Promise<Content> {
    return hasEnvironments(content)
      ? sealEnvironments(this.parts.identity.sealer, CLUSTER_SUBJECT, content)
      : content;
  }

  async opened<Content extends Constrained>(content: Content): Promise<Content> {
    return await openEnvironments(this.parts.identity.sealer, content);
  }

  async withPrograms(tasks: readonly Task[]): Promise<readonly Task[]> {
    if (tasks.every(({ stored_in }) => stored_in?.program === undefined)) return tasks;
    return await Promise.all(tasks.map(async (task) => await this.#definitions.withProgram(task)));
  }

  async complete(specification: JobSpecification): Promise<JobSpecification> {
    const task_groups = await Promise.all(
      specification.task_groups.map(async (group) => ({
        ...group,
        tasks: [...(await this.withPrograms(group.tasks))],
      })),
    );
    return { ...specification, task_groups };
  }

  /** Throws if a specification is too large for an event, has a constraint that can never be evaluated, or uses a volume of another surface. */
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
    this.#refuseOwnedVolumes(specification);
  }

  #refuseOwnedVolumes({ task_groups = [] }: Constrained): void {
    task_groups.forEach(({ tasks }, group) =>
      tasks.forEach(({ volumes = [] }, task) =>
        volumes.forEach(({ name }, place) => {
          if (!this.parts.catalog.isOwnedJob(name)) return;
          const field = `task_groups[${group}].tasks[${task}].volumes[${place}].name`;
          throw new MusterError('MUSTER_E_INVALID', {
            field,
            problem: `begins with ${name.slice(0, name.indexOf('.') + 1)}, which is reserved`,
          });
        }),
      ),
    );
  }

  /** Validates a job id from a path, for a read. Jobs of other surfaces are only visible to administrators. */
  jobIdIn(path: string, request: FastifyRequest): string {
    if (this.parts.catalog.isOwnedJob(path) && !seesOwned(request))
      throw new MusterError('MUSTER_E_JOB_NOT_FOUND');
    return idIn(path, 'MUSTER_E_JOB_NOT_FOUND');
  }

  /** Validates a job id from a path, for a change. Jobs of other surfaces cannot be changed here. */
  ownJobIdIn(path: string, request: FastifyRequest): string {
    const jobId = this.jobIdIn(path, request);
    if (this.parts.catalog.isOwnedJob(jobId))
      throw new MusterError('MUSTER_E_FORBIDDEN', {
        problem: `job ${jobId} belongs to another surface: change it there`,
      });
    return jobId;
  }
}

/** Finds an allocation and its job, for a read. Jobs of other surfaces are only visible to administrators. */
export async function allocationIn(
  surface: ClusterSurface,
  request: FastifyRequest<{ Params: { job_id: string; allocation_id: string } }>,
  reply: FastifyReply,
): Promise<{ readonly job: JobDocument; readonly allocation: AllocationDocument }> {
  const jobId = surface.jobIdIn(request.params.job_id, request);
  const job = await surface.document<JobDocument>(reply, jobs.name, jobId);
  if (job === undefined || (job.owner !== undefined && !seesOwned(request)))
    throw new MusterError('MUSTER_E_JOB_NOT_FOUND');
  const id = request.params.allocation_id;
  const allocation = await surface.document<AllocationDocument>(reply, allocations.name, id);
  if (allocation?.jobId !== jobId) throw new MusterError('MUSTER_E_ALLOCATION_NOT_FOUND');
  return { job, allocation };
}

export function seesOwned({ principal }: FastifyRequest): boolean {
  return principal.kind === 'user' && principal.role === 'admin';
}
