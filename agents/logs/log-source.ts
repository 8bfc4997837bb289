export interface Gap {
  readonly from: number;
  readonly to: number;
}

export interface LogExtent {
  readonly end: number;
  readonly gaps: readonly Gap[];
}

/** Output up to `end` that arrived at `time`, in milliseconds since the Unix epoch. Undefined if the time is unknown. */
export interface LogWrite {
  readonly end: number;
  readonly time: number | undefined;
}

/** One stream of a log. Positions are counted from the first byte ever written. */
export interface LogSource {
  /** Synchronous, so that the ends of both streams can be read at the same moment. */
  extent(): LogExtent;
  read(position: number, limit?: number): Promise<{ position: number; bytes: Buffer }>;
  /** Returns the next writes that end after this position. Absent if the log has no times. */
  writes?(position: number): readonly LogWrite[];
  /** Returns the position up to which output arrived before this time. Undefined if the log has no times. */
  endBefore?(time: number): number | undefined;
}

const NEWLINE = 10;
const BLOCK = 65_536;

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
    upper = Math.min(upper, gapFrom);
  }
  return 0;
}

/** Returns the start of the line that contains this position. */
export async function startOfLine(log: LogSource, position: number): Promise<number> {
  if (position === 0) return 0;
  const before = await log.read(position - 1, 1);
  return before.position !== position - 1 || before.bytes[0] === NEWLINE
    ? position
    : await lastLines(log, { ...log.extent(), end: position }, 1);
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
