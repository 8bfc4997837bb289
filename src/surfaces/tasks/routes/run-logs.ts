import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { LogQuery } from '#domain/protocol/agent-channel.js';
import { jobIdOf, RUN_TASK, taskErrors } from '#domain/tasks/task/index.js';
import { taskRuns, type TaskRunDocument } from '#projections/tasks/task-runs.js';
import { access, byteStream, LOG_MEDIA, read, type Scope } from '#src/http/index.js';
import {
  lineTimes,
  logQuery,
  logStream,
  sendLogOrStoredEnd,
  streamIn,
  type LogSource,
} from '#src/features/task-logs/index.js';
import { failures } from '../envelope.js';
import { outputAt } from '#src/fleet/tasks/index.js';
import { TASKS_SURFACE, type TasksSurface } from '../surface.js';
import { ATTEMPT_NAME, executionNamed, executionsOf, type RunExecution } from '../run-executions.js';
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
          'Returns the output of one attempt from its worker: the raw bytes of one stream, or the lines of both in the order in which they were written. With `follow=true`, the response consists of server-sent events, one per line, and a final event `end`. Without `attempt`, it goes on with each later attempt of an unfinished run, and ends with the run. If the worker does not respond or no longer has the log, the response is the stored end of the output, with the header `X-Muster-Log-End: true`. Returns 404 before the run is placed, unless it is followed, if there is no such attempt, and if no output is stored.',
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
      const times = lineTimes(request.query);
      const sourceOf = (of: RunExecution | undefined, lines?: number): LogSource => ({
        log: {
          at: of?.at,
          task: RUN_TASK,
          stream,
          tail: lines,
          ...times,
          absent: taskErrors.MUSTER_E_TASK_RUN_NO_LOG,
        },
        kept: async () => await storedEnd(surface, of, stream),
      });
      if (follow !== 'true' || attempt !== undefined || run.ended !== null) {
        const { log, kept } = sourceOf(execution, tail);
        return await sendLogOrStoredEnd(surface, reply, log, kept, { follow: follow === 'true', search });
      }
      // The stream goes on with the attempts that start later, and waits for the first one if none has started.
      const current = executions.findLastIndex(({ started }) => started);
      const { log, kept } = sourceOf(executions[current], tail);
      return await sendLogOrStoredEnd(surface, reply, log, kept, {
        follow: true,
        search,
        later: async function* (signal) {
          for await (const next of laterExecutions(surface, run, current + 1, times.until, signal))
            yield sourceOf(next);
        },
      });
    },
  );
}

async function storedEnd(
  { parts }: TasksSurface,
  execution: RunExecution | undefined,
  stream: LogQuery['stream'],
): Promise<string | undefined> {
  if (execution?.at === undefined || execution.resultAt === undefined) return undefined;
  const result = await outputAt(parts.results, execution.at.nodeId, execution.resultAt);
  return stream === 'both' ? result?.output : result?.streams[stream];
}

/** How often a followed run is read for an attempt that started, in milliseconds. */
const INTERVAL_MS = 500;

/** Yields the executions of a run from the number `from` on, as they start, until the run has ended or `until` has passed (Unix seconds). */
async function* laterExecutions(
  { parts: { readModels, clock } }: TasksSurface,
  { taskId, run }: Pick<TaskRunDocument, 'taskId' | 'run'>,
  from: number,
  until: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<RunExecution> {
  let next = from;
  while (!signal.aborted && (until === undefined || clock.now() < until * 1000)) {
    const stored = await readModels.get(taskRuns.name, jobIdOf(taskId, run));
    if (stored === undefined) return;
    const document = read<TaskRunDocument>(stored);
    const executions = executionsOf(document);
    // All but the last are over. One that never started has no log.
    const waits = executions.at(-1)?.started !== true;
    const known = waits ? executions.length - 1 : executions.length;
    for (; next < known; next += 1) {
      const execution = executions[next];
      if (execution?.started === true) yield execution;
    }
    if (document.ended !== null) return;
    await clock.sleep(INTERVAL_MS, signal);
  }
}
