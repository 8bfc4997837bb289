import { z } from 'zod';
import { RUN_TASK, slotOf, taskErrors } from '#domain/tasks/task/index.js';
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
import { resultOf } from '#src/fleet/tasks/index.js';
import { TASKS_SURFACE, type TasksSurface } from '../surface.js';
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
          'Returns the output of the latest attempt from its worker: the raw bytes of one stream, or the lines of both in the order in which they were written. With `follow=true`, the response consists of server-sent events, one per line, and a final event `end`. If the worker does not respond or no longer has the log, the response is the stored end of the output, with the header `X-Muster-Log-End: true`. Returns 404 before the run is placed, and if no output is stored.',
        params: runParams,
        querystring: query,
        response: { 200: byteStream('The log', LOG_MEDIA), ...failures(404, 410, 502) },
      },
    },
    async (request, reply) => {
      const task = await surface.task(request, reply, request.params.task_id);
      const run = await surface.run(task, reply, request.params.run_id);
      const { follow, tail, search } = request.query;
      const stream = streamIn(request.query);
      const log = {
        at: slotOf(run.work) ?? undefined,
        task: RUN_TASK,
        stream,
        tail,
        ...lineTimes(request.query),
        absent: taskErrors.MUSTER_E_TASK_RUN_NO_LOG,
      };
      const kept = async (): Promise<string | undefined> => {
        const result = await resultOf(surface.parts.results, run);
        return stream === 'both' ? result?.output : result?.streams[stream];
      };
      return await sendLogOrStoredEnd(surface, reply, log, kept, { follow: follow === 'true', search });
    },
  );
}
