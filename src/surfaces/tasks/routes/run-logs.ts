import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import { RUN_TASK, taskErrors } from '#domain/tasks/task/index.js';
import {
  access,
  byteStream,
  LOG_MEDIA,
  lineTimes,
  logQuery,
  logStream,
  sendLogOrStoredEnd,
  streamIn,
  type Scope,
} from '#src/surfaces/kit/index.js';
import { failures } from '../envelope.js';
import { outputAt } from '#src/fleet/tasks/index.js';
import { TASKS_SURFACE, type TasksSurface } from '../surface.js';
import { ATTEMPT_NAME, executionNamed, executionsOf } from '../run-executions.js';
import { runParams } from '../task-contract.js';

const query = z.strictObject({
  ...logQuery,
  stream: logStream,
  search: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .meta({ description: 'Only lines that contain this text. `tail` is applied before this filter' }),
  attempt: z
    .string()
    .regex(ATTEMPT_NAME)
    .optional()
    .meta({
      description:
        'Number of an attempt, such as `2`. If it was executed several times, because its worker was lost or drained, this is the last execution, and `2.1` is the first. Default: the latest attempt that was placed on a worker',
      examples: ['1'],
    }),
});

export function runLogs(scope: Scope, surface: TasksSurface): void {
  scope.get(
    '/api/tasks/:task_id/runs/:run_id/logs',
    {
      config: access.account(`${TASKS_SURFACE}:read`, { of: 'task', parameter: 'task_id' }),
      schema: {
        tags: ['runs'],
        operationId: 'tasks_getRunLogs',
        summary: 'Read the log of a run',
        description:
          'Returns the output of one attempt from its worker: the raw bytes of one stream, or the lines of both in the order in which they were written. With `follow=true`, the response consists of server-sent events, one per line, and a final event `end`. If the worker does not respond or no longer has the log, the response is the stored end of the output, with the header `X-Muster-Log-End: true`. Returns 404 before the run is placed, if there is no such attempt, and if no output is stored.',
        params: runParams,
        querystring: query,
        response: { 200: byteStream('The log', LOG_MEDIA), ...failures(404, 410, 502) },
      },
    },
    async (request, reply) => {
      const task = await surface.task(request, reply, request.params.task_id);
      const run = await surface.run(task, reply, request.params.run_id);
      const { follow, tail, search, attempt } = request.query;
      const executions = executionsOf(run);
      const execution =
        attempt === undefined
          ? executions.findLast(({ at }) => at !== undefined)
          : executionNamed(executions, attempt);
      if (attempt !== undefined && execution === undefined)
        throw new MusterError(taskErrors.MUSTER_E_TASK_ATTEMPT_NOT_FOUND, {
          taskId: task.taskId,
          run: run.run,
          attempt,
        });
      const stream = streamIn(request.query);
      const log = {
        at: execution?.at,
        task: RUN_TASK,
        stream,
        tail,
        ...lineTimes(request.query),
        absent: taskErrors.MUSTER_E_TASK_RUN_NO_LOG,
      };
      const kept = async (): Promise<string | undefined> => {
        if (execution?.at === undefined || execution.resultAt === undefined) return undefined;
        const result = await outputAt(surface.parts.results, execution.at.nodeId, execution.resultAt);
        return stream === 'both' ? result?.output : result?.streams[stream];
      };
      return await sendLogOrStoredEnd(surface, reply, log, kept, { follow: follow === 'true', search });
    },
  );
}
