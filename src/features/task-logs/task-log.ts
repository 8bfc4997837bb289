import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { MusterError, type DeclaredError, type ErrorCode } from '#domain/kernel/errors/index.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { AgentChannel, LogQuery, LogStream } from '#domain/protocol/agent-channel.js';
import { agentAddressOf } from '#src/fleet/agent-address.js';
import { flag, whole, type Followers } from '#src/http/index.js';

const moment = z.iso.datetime({ offset: true }).optional();

export const logQuery = {
  follow: flag.meta({ description: 'Keep sending output until the task has ended' }),
  tail: whole(0, 1_000_000).optional().meta({
    description: 'Number of lines from the end of the log to start with. Default: all available lines',
  }),
  since: moment.meta({
    description:
      'Only lines from this time on, by the clock of the node. Lines whose time is unknown are included: those of HTTP calls',
    examples: ['2026-11-20T02:00:00Z'],
  }),
  until: moment.meta({ description: 'Only lines before this time. A followed log ends then' }),
  timestamps: flag.meta({
    description:
      'Put the time of each line (RFC 3339, UTC) and a space before it, or `- ` if its time is unknown. The stored end of a log has no times',
  }),
};

/** Selection of lines by time, for a {@link TaskLog}. */
export function lineTimes({
  since,
  until,
  timestamps,
}: {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly timestamps?: 'true' | 'false' | undefined;
}): Pick<TaskLog, 'since' | 'until' | 'timestamps'> {
  return {
    since: since === undefined ? undefined : Date.parse(since) / 1000,
    until: until === undefined ? undefined : Date.parse(until) / 1000,
    timestamps: timestamps === 'true',
  };
}

export const logStream = z.enum(['stdout', 'stderr']).optional().meta({
  title: 'LogStream',
  description:
    'Return only standard output or only standard error. Default: both, interleaved line by line in the order in which they were written',
});

export function streamIn({ stream }: { readonly stream?: LogStream | undefined }): LogQuery['stream'] {
  return stream ?? 'both';
}

export interface TaskLog {
  readonly nodeId: string;
  readonly allocationId: string;
  readonly task: string;
  readonly stream: LogQuery['stream'];
  readonly follow: boolean;
  readonly tail: number | undefined;
  /** Unix seconds. */
  readonly since?: number | undefined;
  /** Unix seconds. */
  readonly until?: number | undefined;
  readonly timestamps?: boolean | undefined;
  readonly absent: ErrorCode | DeclaredError;
}

const LATEST_SECONDS = 99_999_999_999;

export interface LogParts {
  readonly readModels: Pick<ReadModels, 'get'>;
  readonly agentChannel: Pick<AgentChannel, 'logs'>;
}

/** Sends a task's raw log. Throws the same errors as {@link openTaskLog}. */
export async function sendTaskLog(
  reply: FastifyReply,
  agents: LogParts,
  followers: Followers,
  log: TaskLog,
): Promise<FastifyReply> {
  const chunks = await openTaskLog(agents, log, () => followers.admit(reply));
  reply.type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff');
  return reply.send(Readable.from(chunks, { objectMode: false }));
}

/** Opens a task's log at its node's agent. Throws `absent`, `MUSTER_E_LOG_NOT_KEPT` or `MUSTER_E_AGENT_UNREACHABLE`. */
export async function openTaskLog(
  { readModels, agentChannel }: LogParts,
  log: TaskLog,
  admit: () => AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const { nodeId, allocationId, task, stream, follow, tail, since, until, timestamps, absent } = log;
  const agent = await agentAddressOf(readModels, nodeId);
  const logs = await agentChannel.logs(
    agent,
    allocationId,
    {
      task,
      stream,
      follow,
      ...(tail !== undefined && { tail }),
      ...(since !== undefined && { since: inRange(since) }),
      ...(until !== undefined && { until: inRange(until) }),
      ...(timestamps === true && { timestamps }),
    },
    admit(),
  );
  if (logs.kind === 'absent') throw new MusterError(absent);
  if (logs.kind === 'removed') throw new MusterError('MUSTER_E_LOG_NOT_KEPT');
  if (logs.kind === 'unknown')
    throw new MusterError('MUSTER_E_AGENT_UNREACHABLE', { nodeId, problem: logs.problem });
  return logs.chunks;
}

function inRange(seconds: number): number {
  return Math.min(Math.max(seconds, 0), LATEST_SECONDS);
}
