import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { isMusterError, MusterError } from '#domain/errors/index.js';
import { keepAlive } from './keep-alive.js';
import { asEvents, holding, joined, linesOf } from './log-lines.js';
import type { SurfaceCalls } from './surface-calls.js';
import { openTaskLog, type TaskLog } from './task-log.js';

/** On an answer that is not the log but the end of it that was kept. */
export const LOG_END_HEADER = 'x-muster-log-end';

/** How a log is asked for. */
export interface LogAsked {
  readonly follow: boolean;
  /** Only lines that hold this text. */
  readonly search?: string | undefined;
}

/** Which log: that of a task of an allocation; undefined `at`: it was not placed, or where is not known any more. */
export interface KeptLog extends Omit<TaskLog, 'nodeId' | 'allocationId' | 'follow'> {
  readonly at: Pick<TaskLog, 'nodeId' | 'allocationId'> | undefined;
}

type Surface = Pick<SurfaceCalls, 'parts' | 'limits' | 'followers'>;

/**
 * Answers with what a task has written, from its node; where that cannot say it, with the end that was kept, and a header that says so. Followed it is
 * server-sent events, one a line. Errors: `absent`, `MUSTER_E_AGENT_UNREACHABLE`, where nothing was kept either.
 */
export async function sendLogOrKept(
  surface: Surface,
  reply: FastifyReply,
  { at, ...log }: KeptLog,
  kept: () => Promise<string | undefined>,
  { follow, search }: LogAsked,
): Promise<FastifyReply> {
  const { parts, limits, followers } = surface;
  const signal = followers.admit(reply);
  const open = async () => {
    if (at === undefined) throw new MusterError(log.absent);
    const { nodeId, allocationId } = at;
    return await openTaskLog(parts, { ...log, nodeId, allocationId, follow }, () => signal);
  };
  const opened = await open().catch(async (error: unknown) => {
    if (![log.absent, 'MUSTER_E_LOG_NOT_KEPT' as const, 'MUSTER_E_AGENT_UNREACHABLE' as const].some((code) => isMusterError(error, code))) throw error;
    const end = await kept();
    if (end === undefined) throw error;
    reply.header(LOG_END_HEADER, 'true');
    return Readable.from([Buffer.from(lastLines(end, log.tail))]);
  });
  const lines = search === undefined ? linesOf(opened) : holding(linesOf(opened), search);
  if (follow) return sendEvents(reply, keepAlive(lines, parts.clock, limits.keepAliveMs, signal));
  reply.type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff');
  return reply.send(Readable.from(search === undefined ? opened : joined(lines), { objectMode: false }));
}

/** Answers with lines as server-sent events. */
export function sendEvents(reply: FastifyReply, lines: Parameters<typeof asEvents>[0]): FastifyReply {
  reply.type('text/event-stream; charset=utf-8').header('x-content-type-options', 'nosniff');
  reply.header('cache-control', 'no-store').header('x-accel-buffering', 'no');
  return reply.send(Readable.from(asEvents(lines), { objectMode: false }));
}

/** The last so many lines; undefined: all. */
export function lastLines(text: string, count: number | undefined): string {
  if (count === undefined) return text;
  return count === 0
    ? ''
    : text
        .split(/(?<=\n)/)
        .slice(-count)
        .join('');
}
