import type { FastifyReply } from 'fastify';
import type { JobCommand } from '#domain/jobs/job/commands.js';
import type { JobState } from '#domain/jobs/job/decider.js';
import { boundAnew } from '#domain/jobs/job/in-place.js';
import { groupNamed, type JobSpecification } from '#domain/jobs/job/specification.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { fulfilsConstraints } from '#domain/scheduling/index.js';
import { allocations, type AllocationDocument } from '#projections/jobs/allocations.js';
import { jobs as jobModel, type JobDocument } from '#projections/jobs/jobs.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';
import { read } from '#src/http/index.js';
import type { ClusterSurface } from './surface.js';

/** What a change of a job has to know of its instances, which the job's own stream does not record. */
export interface JobHints {
  readonly completeVersion?: number;
  readonly fulfilled?: readonly string[];
}

interface Changed {
  readonly jobId: string;
  readonly state: JobState;
  readonly after: JobSpecification | undefined;
}

/** Adds the hints to a command that changes a job. */
export function withHints(
  surface: ClusterSurface,
  reply: FastifyReply,
  jobId: string,
): (command: JobCommand, state: JobState) => Promise<JobCommand> {
  return async (command, state) => {
    const after =
      'specification' in command
        ? command.specification
        : command.kind === 'revert'
          ? command.former
          : undefined;
    return { ...command, ...(await jobHintsOf(surface, reply, { jobId, state, after })) };
  };
}

/**
 * Returns the version of a job if it is complete, and the groups whose constraints change but are fulfilled where their instances run. While the
 * read models are unavailable nothing is known, so that jobs can be updated: all instances then run anew.
 */
export async function jobHintsOf(
  surface: ClusterSurface,
  reply: FastifyReply,
  { jobId, state, after }: Changed,
): Promise<JobHints> {
  if (state.kind !== 'present' || state.stopped) return {};
  try {
    const document = await surface.document<JobDocument>(reply, jobModel.name, jobId);
    if (document?.status === 'complete') return { completeVersion: document.version };
    const groups = after === undefined ? [] : boundAnew(state.specification, after);
    if (after === undefined || groups.length === 0) return {};
    return { fulfilled: await fulfilledOf(surface, jobId, after, groups) };
  } catch (error) {
    if (isMusterError(error, 'MUSTER_E_READ_MODEL_UNAVAILABLE')) return {};
    throw error;
  }
}

async function fulfilledOf(
  { parts: { readModels } }: ClusterSurface,
  jobId: string,
  { task_groups, constraints }: JobSpecification,
  groups: readonly string[],
): Promise<string[]> {
  const used = new Map<string, Set<string>>();
  for await (const page of readModels.list(allocations.name, { where: { index: 'job', value: jobId } }))
    for (const stored of page) {
      const { group, nodeId, released } = read<AllocationDocument>(stored);
      if (released !== null) continue;
      used.set(nodeId, (used.get(nodeId) ?? new Set()).add(group));
    }
  const refused = new Set<string>();
  for (const [nodeId, names] of used) {
    const stored = await readModels.get(nodes.name, nodeId);
    if (stored === undefined) continue;
    const node = read<NodeDocument>(stored);
    const holds = (name: string): boolean =>
      fulfilsConstraints(node, groupNamed(task_groups, name)?.constraints ?? [], constraints);
    for (const name of names) if (!holds(name)) refused.add(name);
  }
  return groups.filter((name) => !refused.has(name));
}
