import { z } from 'zod';
import { access, byteStream, errors, type Scope } from '#src/http/index.js';
import { lineTimes, logQuery, logStream, sendTaskLog } from '#src/features/task-logs/index.js';
import { params } from '../contract.js';
import { allocationIn, type ClusterSurface } from '../surface.js';
import { chooseTask, tasksOf } from '../view.js';

const query = z.strictObject({
  task: z
    .string()
    .max(64)
    .optional()
    .meta({ description: 'Name of the task. Optional if there is only one', examples: ['serve'] }),
  type: logStream,
  ...logQuery,
});

export function logReads(scope: Scope, surface: ClusterSurface): void {
  scope.get(
    '/jobs/:job_id/allocations/:allocation_id/logs',
    {
      config: access.operator,
      schema: {
        tags: ['jobs'],
        operationId: 'cluster_getLogs',
        summary: 'Read the log of a task',
        description:
          "Returns the output of a task from its node's agent: the raw bytes of one stream, or the lines of both streams in the order in which they were written.",
        params: params.logs,
        querystring: query,
        response: {
          200: byteStream("The task's output", {
            'text/plain': 'Raw bytes. With `follow`, the response continues until the task ends',
          }),
          ...errors(404, 410, 502),
        },
      },
    },
    async (request, reply) => {
      const { task, type = 'both', follow, tail } = request.query;
      const { job, allocation } = await allocationIn(surface, request, reply);
      const name = chooseTask(
        tasksOf(job, allocation).map((each) => each.name),
        task,
      );

      return await sendTaskLog(reply, surface.parts, surface.followers, {
        nodeId: allocation.nodeId,
        allocationId: allocation.allocationId,
        task: name,
        stream: type,
        follow: follow === 'true',
        tail,
        ...lineTimes(request.query),
        absent: 'MUSTER_E_ALLOCATION_NOT_FOUND',
      });
    },
  );
}
