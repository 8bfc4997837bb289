import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { keepAlive, type SurfaceCalls } from '#src/http/index.js';
import { asEvents, holding, joined, linesOf } from './log-lines.js';
import { openTaskLog, type LogParts, type TaskLog } from './task-log.js';

export const LOG_END_HEADER = 'x-muster-log-end';

export interface LogOptions {
  readonly follow: boolean;
  readonly search?: string | undefined;
  /** The logs that continue a followed one, such as those of the next attempts. Each is read to its end before the next one is requested. */
  readonly later?: ((signal: AbortSignal) => AsyncIterable<LogSource>) | undefined;
}

/** The log of an allocation's task. `at` is undefined if the allocation was not placed, or if its node is no longer known. */
export interface StoredLog extends Omit<TaskLog, 'nodeId' | 'allocationId' | 'follow'> {
  readonly at: Pick<TaskLog, 'nodeId' | 'allocationId'> | undefined;
}

export interface LogSource {
  readonly log: StoredLog;
  /** Returns the end of the output that was stored, or undefined if none was. */
  readonly kept: () => Promise<string | undefined>;
}

type Surface = Pick<SurfaceCalls, 'limits' | 'followers'> & {
  readonly parts: LogParts & { readonly clock: Pick<Clock, 'sleep'> };
};

/**
 * Sends a task's log from its node. If that fails, sends the stored end of the log, with a header that says so. Followed logs are server-sent events,
 * one per line. If nothing is stored either, throws `absent`, `MUSTER_E_LOG_NOT_KEPT` or `MUSTER_E_AGENT_UNREACHABLE`. A followed log without `at`
 * begins with those of `later`.
 */
export async function sendLogOrStoredEnd(
  surface: Surface,
  reply: FastifyReply,
  log: StoredLog,
  kept: () => Promise<string | undefined>,
  { follow, search, later }: LogOptions,
): Promise<FastifyReply> {
  const { parts, limits, followers } = surface;
  const signal = followers.admit(reply);
  const open = async (source: LogSource) => await openLogOrStoredEnd(parts, source, follow, signal);
  const starts = log.at !== undefined || later === undefined;
  const { chunks, isEnd } = starts ? await open({ log, kept }) : { chunks: Readable.from([]), isEnd: false };
  if (isEnd) reply.header(LOG_END_HEADER, 'true');
  const all = later === undefined ? linesOf(chunks) : continued(chunks, later(signal), open);
  const lines = search === undefined ? all : holding(all, search);
  if (follow) return sendEvents(reply, keepAlive(lines, parts.clock, limits.keepAliveMs, signal));
  reply.type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff');
  return reply.send(Readable.from(search === undefined ? chunks : joined(lines), { objectMode: false }));
}

interface OpenedLog {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Whether this is only the stored end of the log. */
  readonly isEnd: boolean;
}

/** Opens a task's log at its node, or the stored end of it. Throws like {@link sendLogOrStoredEnd}. */
export async function openLogOrStoredEnd(
  parts: Surface['parts'],
  { log: { at, ...log }, kept }: LogSource,
  follow: boolean,
  signal: AbortSignal,
): Promise<OpenedLog> {
  try {
    if (at === undefined) throw new MusterError(log.absent);
    const { nodeId, allocationId } = at;
    return {
      chunks: await openTaskLog(parts, { ...log, nodeId, allocationId, follow }, () => signal),
      isEnd: false,
    };
  } catch (error) {
    if (
      ![log.absent, 'MUSTER_E_LOG_NOT_KEPT' as const, 'MUSTER_E_AGENT_UNREACHABLE' as const].some((code) =>
        isMusterError(error, code),
      )
    )
      throw error;
    const end = await kept();
    if (end === undefined) throw error;
    return { chunks: Readable.from([Buffer.from(lastLines(end, log.tail))]), isEnd: true };
  }
}

async function* continued(
  first: AsyncIterable<Uint8Array>,
  later: AsyncIterable<LogSource>,
  open: (source: LogSource) => Promise<OpenedLog>,
): AsyncGenerator<readonly string[]> {
  yield* linesOf(first);
  for await (const source of later) yield* linesOf((await open(source)).chunks);
}

export function sendEvents(reply: FastifyReply, lines: Parameters<typeof asEvents>[0]): FastifyReply {
  reply.type('text/event-stream; charset=utf-8').header('x-content-type-options', 'nosniff');
  reply.header('x-accel-buffering', 'no');
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
