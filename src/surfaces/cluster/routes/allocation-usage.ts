import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import { newestPoints, USAGE_POINT_SECONDS, usageHistory } from '#domain/protocol/index.js';
import { access, errors, json, type Scope } from '#src/http/index.js';
import { agentAddressOf } from '#src/fleet/agent-address.js';
import { params } from '../contract.js';
import { allocationIn, type ClusterSurface } from '../surface.js';

const used = usageHistory.meta({
  id: 'AllocationUsage',
  description: `Resource usage of each task, oldest first. A point is the average of the ${USAGE_POINT_SECONDS} seconds before its \`timestamp\` (Unix time in seconds): \`cpu\` in thousandths of a core, \`memory_mb\` in MiB. What could not be measured is omitted`,
});

export function allocationUsageReads(scope: Scope, surface: ClusterSurface): void {
  scope.get(
    '/jobs/:job_id/allocations/:allocation_id/usage',
    {
      config: access.operator,
      schema: {
        tags: ['jobs'],
        operationId: 'cluster_getAllocationUsage',
        summary: 'Get the resource usage of an allocation',
        description:
          'Extension. Asks the agent of its node for the usage of the last hour. Returns 404 for an allocation that the agent no longer has, and 502 if the agent does not respond.',
        params: params.logs,
        querystring: z.strictObject({ last: newestPoints }),
        response: { 200: json('The usage', used), ...errors(404, 502) },
      },
    },
    async (request, reply) => {
      const { allocation_id: id } = request.params;
      const { nodeId } = (await allocationIn(surface, request, reply)).allocation;
      const { readModels, agentChannel } = surface.parts;
      const agent = await agentAddressOf(readModels, nodeId);
      const outcome = await agentChannel.usageHistory(agent, id, request.query.last);
      if (outcome.kind === 'absent') throw new MusterError('MUSTER_E_ALLOCATION_NOT_FOUND');
      if (outcome.kind === 'unknown')
        throw new MusterError('MUSTER_E_AGENT_UNREACHABLE', { nodeId, problem: outcome.problem });
      return outcome.history;
    },
  );
}
