import { sameSecret } from '#agents/platform/same-secret.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { cluster } from '#domain/cluster/aggregate.js';
import { access, errors, json, type Scope } from '#src/http/index.js';
import { cleared } from '../contract.js';
import type { ClusterSurface } from '../surface.js';

const ANSWER = {
  message: '所有数据已清空',
  cleared_items: {
    jobs: '所有作业',
    nodes: '所有节点',
    allocations: '所有分配',
    task_status: '所有任务状态',
  },
};

export function clearOrder(scope: Scope, surface: ClusterSurface): void {
  const { testApiKey } = surface.parts.settings;

  scope.post(
    '/test/clear-all',
    {
      config: access.testKey,
      schema: {
        tags: ['test'],
        operationId: 'cluster_clearAll',
        summary: 'Clear all data',
        description:
          'Deletes jobs, nodes, allocations and templates, and stops what is running. The event history is kept. Requires the test API key, if one is configured.',
        response: { 200: json('Everything was cleared', cleared), ...errors() },
      },
    },
    async (request, reply) => {
      const given = request.headers['x-api-key'];
      if (testApiKey === undefined || typeof given !== 'string' || !sameSecret(testApiKey, given))
        throw new MusterError('MUSTER_E_API_KEY_INVALID');
      await surface.execute(reply, cluster, '', { kind: 'clear' }, surface.context(request));
      return ANSWER;
    },
  );
}
