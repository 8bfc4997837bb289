import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import { keepAlive } from './keep-alive.js';
import { asEvents, holding, joined, linesOf } from './log-lines.js';
import type { SurfaceCalls } from './surface-calls.js';
import { openTaskLog, type TaskLog } from './task-log.js';

export const LOG_END_HEADER = 'x-muster-log-end';

export interface LogOptions {
  readonly follow: boolean;
  readonly search?: string | undefined;
}

/** The log of an allocation's task. `at` is undefined if the allocation was not placed, or if its node is no longer known. */
export interface StoredLog extends Omit<TaskLog, 'nodeId' | 'allocationId' | 'follow'> {
  readonly at: Pick<TaskLog, 'nodeId' | 'allocationId'> | undefined;
}

type Surface = Pick<SurfaceCalls, 'parts' | 'limits' | 'followers'>;

/**
 * Sends a task's log from its node. If that fails, sends the stored end of the log, with a header that says so. Followed logs are server-sent events,
 * one per line. If nothing is stored either, throws `absent`, `MUSTER_E_LOG_NOT_KEPT` or `MUSTER_E_AGENT_UNREACHABLE`.
 */
export async function sendLogOrStoredEnd(
  surface: Surface,
  reply: FastifyReply,
  { at, ...log }: StoredLog,
  kept: () => Promise<string | undefined>,
  { follow, search }: LogOptions,
): Promise<FastifyReply> {
  const { parts, limits, followers } = surface;
  const signal = followers.admit(reply);
  const open = async () => {
    if (at === undefined) throw new MusterError(log.absent);
    const { nodeId, allocationId } = at;
    return await openTaskLog(parts, { ...log, nodeId, allocationId, follow }, () => signal);
  };
  const opened = await open().catch(async (error: unknown) => {
    if (
      ![log.absent, 'MUSTER_E_LOG_NOT_KEPT' as const, 'MUSTER_E_AGENT_UNREACHABLE' as const].some((code) =>
        isMusterError(error, code),
      )
    )
      throw error;
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

export function sendEvents(reply: FastifyReply, lines: Parameters<typeof asEvents>[0]): FastifyReply {
  reply.type('text/event-stream; charset=utf-8').header('x-content-type-options', 'nosniff');
  reply.header('cache-control', 'no-store').header('x-accel-buffering', 'no');
  return reply.send(Readable.from(asEvents(lines), { objectMode: false }));
}

export function lastLines(text: string, count: number | undefined): string {
  if (count === undefined) return text;
  return count === 0
    ? ''
    : text
        .split(/(?<=\n)/)
        .slice(-count)
        .join('');
}
