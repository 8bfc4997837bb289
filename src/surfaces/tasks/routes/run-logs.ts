import { Readable } from 'node:stream';
import { z } from 'zod';
import { isMusterError, MusterError } from '#domain/errors/index.js';
import { RUN_TASK, slotOf, taskErrors } from '#domain/task/index.js';
import type { TaskRunDocument } from '#projections/task-runs.js';
import { access, asEvents, holding, ignoreBodies, joined, keepAlive, linesOf, logQuery, media, openTaskLog, type Scope } from '#src/surfaces/kit/index.js';
import { failures } from '../envelope.js';
import { resultOf } from '#src/fleet/tasks/index.js';
import { TASKS_SURFACE, type TasksSurface } from '../surface.js';
import { runParams } from '../task-contract.js';

/** On an answer that is not the log but the end of it that was kept with the run. */
const LOG_END_HEADER = 'x-muster-log-end';

const query = z.strictObject({
  ...logQuery,
  stream: z.enum(['stdout', 'stderr']).default('stdout').meta({ description: 'What it writes to its output, or to its errors' }),
  search: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .meta({ description: 'Only lines that hold this text, as it stands; `tail` counts the lines before they are searched' }),
});
type LogQuery = z.output<typeof query>;

/** What the processes of runs write. */
export function runLogs(scope: Scope, surface: TasksSurface): void {
  const { clock } = surface.parts;
  ignoreBodies(scope);

  scope.get(
    '/api/tasks/:task_id/runs/:run_id/logs',
    {
      config: access.account(`${TASKS_SURFACE}:read`, { of: 'task', parameter: 'task_id' }),
      schema: {
        tags: ['runs'],
        operationId: 'tasks_getRunLogs',
        summary: 'Read what a run writes',
        description:
          'The bytes as they are, from the worker of its newest try; with `follow=true` server-sent events, one a line, until the run has ended and an event `end` says so. Where the worker does not answer, or keeps the log no more, the end that was kept with the run, and the header `X-Muster-Log-End: true`. 404 where the run was not placed yet, and where nothing is kept.',
        params: runParams,
        querystring: query,
        response: { 200: media('What it wrote', 'text/plain', 'text/event-stream'), ...failures(400, 401, 403, 404, 502) },
      },
    },
    async (request, reply) => {
      const task = await surface.task(request, reply, request.params.task_id);
      const run = await surface.run(task, reply, request.params.run_id);
      const signal = surface.followers.admit(reply);
      const { chunks, isEnd } = await logOf(surface, run, request.query, signal);
      if (isEnd) reply.header(LOG_END_HEADER, 'true');
      reply.header('x-content-type-options', 'nosniff');
      const { follow, search } = request.query;
      const lines = search === undefined ? linesOf(chunks) : holding(linesOf(chunks), search);
      if (follow === 'true') {
        reply.type('text/event-stream; charset=utf-8').header('cache-control', 'no-store').header('x-accel-buffering', 'no');
        return reply.send(Readable.from(asEvents(keepAlive(lines, clock, surface.limits.keepAliveMs, signal)), { objectMode: false }));
      }
      reply.type('text/plain; charset=utf-8');
      return reply.send(Readable.from(search === undefined ? chunks : joined(lines), { objectMode: false }));
    },
  );
}

interface FoundLog {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Only the end is there. */
  readonly isEnd: boolean;
}

/** From its worker; where that cannot say it, what the run gave back. */
async function logOf(surface: TasksSurface, run: TaskRunDocument, { follow, tail, stream }: LogQuery, signal: AbortSignal): Promise<FoundLog> {
  const slot = slotOf(run.work);
  const absent = taskErrors.MUSTER_E_TASK_RUN_NO_LOG;
  if (slot === null) throw new MusterError(absent);
  const { nodeId, allocationId } = slot;
  const log = { nodeId, allocationId, task: RUN_TASK, stream, follow: follow === 'true', tail, absent };
  try {
    return { chunks: await openTaskLog(surface.parts, log, () => signal), isEnd: false };
  } catch (error) {
    if (!isMusterError(error, absent) && !isMusterError(error, 'MUSTER_E_AGENT_UNREACHABLE')) throw error;
    const kept = await resultOf(surface.parts.results, run);
    if (kept === undefined) throw error;
    return { chunks: Readable.from([Buffer.from(lastLines(kept.streams[stream], tail))]), isEnd: true };
  }
}

function lastLines(text: string, count: number | undefined): string {
  if (count === undefined) return text;
  const lines = text.split('\n');
  const open = lines.at(-1) === '' ? 1 : 0;
  return count === 0 ? '' : lines.slice(-(count + open)).join('\n');
}
