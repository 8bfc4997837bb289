import type { Clock } from '#domain/ports/clock.js';
import type { LogQuery } from '#domain/ports/agent-channel.js';

const NEWLINE = 10;
const POLL_MS = 100;

/** A stream of a log, wherever it is. Positions count its bytes. */
export interface LogSource {
  /** Positions of the oldest kept byte and of the next one to be written. */
  extent(): Promise<{ start: number; end: number }>;
  /** Bytes from a position on, at most so many and perhaps fewer; empty at the end. */
  read(position: number, limit?: number): Promise<{ position: number; bytes: Buffer }>;
}

/**
 * The bytes of a log that a query asks for. A followed one goes on until `ended()` says that no more can come and
 * everything was read, or the signal aborts.
 */
export async function* readLog(log: LogSource, query: LogQuery, ended: () => boolean, clock: Clock, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const extent = await log.extent();
  let position = query.tail === undefined ? extent.start : await lastLines(log, query.tail);
  for (;;) {
    // Asked before the read: what was written before the end is read after it.
    const last = !query.follow || ended();
    const part = await log.read(position, query.follow ? undefined : Math.min(65_536, Math.max(0, extent.end - position)));
    position = part.position + part.bytes.length;
    if (part.bytes.length > 0) yield part.bytes;
    else if (last || signal.aborted) return;
    else await clock.sleep(POLL_MS, signal);
    if (signal.aborted) return;
  }
}

/** Position of the beginning of the last `count` lines; an unfinished last line counts as one. */
async function lastLines(log: LogSource, count: number): Promise<number> {
  const { start, end } = await log.extent();
  if (count === 0) return end;
  let lines = 0;
  let upper = end;
  while (upper > start) {
    const lower = Math.max(start, upper - 65_536);
    const block = await readBetween(log, lower, upper);
    for (let index = block.length - 1; index >= 0; index -= 1) {
      // The newline that ends the last line does not begin another.
      if (block[index] !== NEWLINE || lower + index === end - 1) continue;
      lines += 1;
      if (lines === count) return lower + index + 1;
    }
    upper = lower;
  }
  return start;
}

async function readBetween(log: LogSource, lower: number, upper: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let position = lower; position < upper;) {
    const part = await log.read(position, upper - position);
    if (part.bytes.length === 0) break;
    parts.push(part.bytes);
    position = part.position + part.bytes.length;
  }
  return Buffer.concat(parts);
}
