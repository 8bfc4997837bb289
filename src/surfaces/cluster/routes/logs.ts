import { Readable } from 'node:stream';
import { z } from 'zod';
import { MusterError } from '#domain/errors/index.js';
import type { AgentAddress } from '#domain/ports/agent-channel.js';
import { MODELS, type AllocationDocument, type JobDocument, type NodeDocument } from '#projections/documents.js';
import { access, errors, flag, media, type Scope } from '#src/surfaces/kit/index.js';
import { params } from '../contract.js';
import { jobIdIn, seesOwned, type ClusterSurface } from '../surface.js';
import { tasksOf } from '../view.js';

const query = z.strictObject({
  task: z.string().max(64).optional().meta({ description: 'Which task; may be absent where there is only one', examples: ['serve'] }),
  type: z.enum(['stdout', 'stderr']).optional().meta({ description: 'Which stream; stdout when absent' }),
  follow: flag.meta({ description: 'Go on as more is written, until the task has ended' }),
  tail: z.coerce.number().int().min(0).max(1_000_000).optional().meta({ description: 'Begin with the last so many lines; absent: the oldest kept' }),
});

/** What tasks write, fetched from the agents that keep it. */
export function logReads(scope: Scope, surface: ClusterSurface): void {
  scope.get(
    '/jobs/:job_id/allocations/:allocation_id/logs',
    {
      config: access.operator,
      schema: {
        tags: ['jobs'],
        operationId: 'cluster_getLogs',
        summary: 'Read the log of a task',
        description: 'The bytes that a task has written, as they are, from the agent of its node.',
        params: params.logs,
        querystring: query,
        response: { 200: media('What the task wrote', 'text/plain'), ...errors(400, 404, 502) },
      },
    },
    async (request, reply) => {
      const { task, type = 'stdout', follow, tail } = request.query;
      const jobId = jobIdIn(request.params.job_id, request);
      const job = await surface.document<JobDocument>(reply, MODELS.jobs, jobId);
      if (job === undefined || (job.owner !== undefined && !seesOwned(request))) throw new MusterError('MUSTER_E_JOB_NOT_FOUND');
      const allocation = await surface.document<AllocationDocument>(reply, MODELS.allocations, request.params.allocation_id);
      if (allocation?.jobId !== jobId) throw new MusterError('MUSTER_E_ALLOCATION_NOT_FOUND');
      const name = chooseTask(tasksOf(job, allocation).map((each) => each.name), task);

      const agent = await addressOf(surface, allocation.nodeId);
      const signal = surface.followers.admit(reply);
      const logs = await surface.parts.agentChannel.logs(
        agent,
        allocation.allocationId,
        { task: name, stream: type, follow: follow === 'true', ...(tail !== undefined && { tail }) },
        signal,
      );
      if (logs.kind === 'absent') throw new MusterError('MUSTER_E_ALLOCATION_NOT_FOUND');
      if (logs.kind === 'unknown') throw new MusterError('MUSTER_E_AGENT_UNREACHABLE', { nodeId: agent.nodeId, problem: logs.problem });
      reply.type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff');
      return reply.send(Readable.from(logs.chunks, { objectMode: false }));
    },
  );
}

function chooseTask(names: readonly string[], wanted: string | undefined): string {
  const [only] = names;
  if (wanted === undefined && only !== undefined && names.length === 1) return only;
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  throw new MusterError('MUSTER_E_INVALID', { field: 'task', problem: names.length === 0 ? 'is not known any more' : `must be one of ${names.join(', ')}` });
}

async function addressOf(surface: ClusterSurface, nodeId: string): Promise<AgentAddress> {
  const stored = await surface.parts.readModels.get(MODELS.nodes, nodeId);
  const node = stored === undefined ? undefined : (JSON.parse(stored.json) as NodeDocument);
  if (node === undefined || node.endpoint === null) {
    throw new MusterError('MUSTER_E_AGENT_UNREACHABLE', { nodeId, problem: node === undefined ? 'the node is gone' : 'it has no endpoint' });
  }
  return { nodeId, epoch: node.epoch, endpoint: node.endpoint };
}
