import type { Clock } from '#domain/kernel/ports/clock.js';
import type { LogQuery } from '#domain/protocol/agent-channel.js';

const NEWLINE = 10;
const POLL_MS = 100;
const BLOCK = 65_536;

export interface Gap {
  readonly from: number;
  readonly to: number;
}

export interface LogExtent {
  readonly end: number;
  readonly gaps: readonly Gap[];
}

/** One stream of a log. Positions are counted from the first byte ever written. */
export interface LogSource {
  extent(): Promise<LogExtent>;
  read(position: number, limit?: number): Promise<{ position: number; bytes: Buffer }>;
}

/**
 * Returns the bytes that a query selects. A followed log continues until `ended()` returns true and everything has been read, or until the signal
 * aborts. A line from Muster marks each gap.
 * @param earliest position before which nothing is read
 */
export async function* readLog(
  log: LogSource,
  query: Pick<LogQuery, 'follow' | 'tail'>,
  ended: () => boolean,
  clock: Clock,
  signal: AbortSignal,
  earliest = 0,
): AsyncGenerator<Uint8Array> {
  const extent = await log.extent();
  let position = Math.max(earliest, query.tail === undefined ? 0 : await lastLines(log, extent, query.tail));
  let endsLine = true;
  for (;;) {
    // Check this before reading, so that output written before the end is still read.
    const last = !query.follow || ended();
    const limit = query.follow ? BLOCK : Math.min(BLOCK, Math.max(0, extent.end - position));
    let { position: from, bytes } = await log.read(position, limit);
    if (from > position && bytes.length > 0) {
      // Skip the remainder of a line whose beginning is missing.
      const skipped = bytes.indexOf(NEWLINE) + 1;
      if (skipped < bytes.length) {
        from += skipped;
        bytes = bytes.subarray(skipped);
      }
      yield Buffer.from(`${endsLine ? '' : '\n'}${droppedLine(from - position)}`);
    }
    position = from + bytes.length;
    if (bytes.length > 0) {
      endsLine = bytes.at(-1) === NEWLINE;
      yield bytes;
    } else if (last || signal.aborted) return;
    else await clock.sleep(POLL_MS, signal);
    if (signal.aborted) return;
  }
}

export function droppedLine(bytes: number): string {
  return `-- muster: ${bytes} bytes of this log were dropped here --\n`;
}

/** Returns the position where the last `count` lines start. An unfinished last line counts as one. */
export async function lastLines(log: LogSource, { end, gaps }: LogExtent, count: number): Promise<number> {
  if (count === 0) return end;
  let lines = 0;
  let upper = end;
  for (const { from: gapFrom, to: start } of [...gaps, { from: 0, to: 0 }].sort(
    (left, right) => right.to - left.to,
  )) {
    while (upper > start) {
      const lower = Math.max(start, upper - BLOCK);
      const block = await readBetween(log, lower, upper);
      for (let index = block.length - 1; index >= 0; index -= 1) {
        // The final newline does not start another line.
        if (block[index] !== NEWLINE || lower + index === end - 1) continue;
        lines += 1;
        if (lines === count) return lower + index + 1;
      }
      upper = lower;
    }
    upper = gapFrom;
  }
  return 0;
}

async function readBetween(log: LogSource, lower: number, upper: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let position = lower; position < upper;) {
    const part = await log.read(position, upper - position);
    if (part.bytes.length === 0 || part.position >= upper) break;
    parts.push(part.bytes);
    position = part.position + part.bytes.length;
  }
  return Buffer.concat(parts).subarray(0, upper - lower);
}
