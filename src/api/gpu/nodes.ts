import { MusterError } from '#domain/errors/index.js';
import { agentMetrics } from '#domain/protocol/index.js';
import { MODELS, type NodeDocument } from '#projections/documents.js';
import { access } from '../access/policy.js';
import { errors, json } from '../answers.js';
import { ignoreBodies } from '../bodies.js';
import { read, type Scope } from '../cluster/surface.js';
import { params } from './schemas.js';
import { GPU_SURFACE, type GpuSurface } from './surface.js';

const metrics = agentMetrics.meta({ id: 'NodeMetrics', description: 'How a node is, as its agent says: Muster\'s says this, another may say something else' });

/** Nodes as accounts see them. */
export function nodeReads(scope: Scope, surface: GpuSurface): void {
  ignoreBodies(scope);
  scope.addHook('preHandler', (request, reply) => surface.positions.wanted(request, reply));

  scope.get(
    '/api/nodes/:id/status',
    {
      config: access.account(GPU_SURFACE),
      schema: {
        tags: ['gpu nodes'],
        operationId: 'gpu_getNodeStatus',
        summary: 'Get how a node is now',
        description: 'What the `/api/v1/metrics` of the node\'s agent answers, byte by byte. 409 where the node is not heard; 502 where its agent answers no JSON within three seconds, more than 1 MiB, or elsewhere.',
        security: [{ bearer: [] }],
        params: params.node,
        response: { 200: json('What the agent says', metrics), ...errors(401, 404, 409, 502) },
      },
    },
    async (request, reply) => {
      const nodeId = request.params.id;
      const { readModels, agentChannel } = surface.parts;
      const stored = await readModels.get(MODELS.nodes, nodeId);
      if (stored === undefined) throw new MusterError('MUSTER_E_NODE_NOT_FOUND', { nodeId });
      const { epoch, endpoint, down } = read<NodeDocument>(stored);
      if (down || endpoint === null) throw new MusterError('MUSTER_E_NODE_NOT_ONLINE', { nodeId });
      const answer = await agentChannel.metrics({ nodeId, epoch, endpoint });
      if (answer.kind === 'unknown') throw new MusterError('MUSTER_E_AGENT_UNREACHABLE', { nodeId, problem: answer.problem });
      return reply.header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-store').send(Buffer.from(answer.bytes) as never);
    },
  );
}
