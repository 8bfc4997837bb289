import type { Clock } from '#domain/kernel/ports/clock.js';
import type { LogQuery, LogStream } from '#domain/protocol/agent-channel.js';
import { droppedLine, lastLines, type LogSource } from './follow.js';
import { LineMerger } from '../platform/transport/line-merger.js';
import type { LogOrder } from './order.js';

const NEWLINE = 10;
const POLL_MS = 100;
const BLOCK = 65_536;
/** An unterminated line is returned if no output follows for this many milliseconds, because it may be a prompt. */
const UNFINISHED_MS = 1000;
const STDOUT_FIRST = ['stdout', 'stderr'] as const;
const STDERR_FIRST = ['stderr', 'stdout'] as const;

type Ends = Readonly<Record<LogStream, number>>;

const NOTHING_BEFORE: Ends = { stdout: 0, stderr: 0 };

/** Both streams of a log and the order of their writes. If the order is unknown, one stream is returned after the other. */
export interface BothLogs extends Readonly<Record<LogStream, LogSource>> {
  readonly order?: LogOrder | undefined;
  /** Stream that is returned first if the order is unknown. Default: stdout. */
  readonly first?: LogStream | undefined;
}

/** Returns the lines of both streams in the order in which they were written. Like `readLog`, except that `tail` counts the lines of both streams. */
export async function* readInterleaved(
  logs: BothLogs,
  { follow, tail }: Pick<LogQuery, 'follow' | 'tail'>,
  ended: () => boolean,
  clock: Clock,
  signal: AbortSignal,
  earliest: Ends = NOTHING_BEFORE,
): AsyncGenerator<Uint8Array> {
  await logs.order?.settle();
  const [stdout, stderr] = await Promise.all([logs.stdout.extent(), logs.stderr.extent()]);
  const until: Ends = { stdout: stdout.end, stderr: stderr.end };
  const merging = { logs, ended, clock, signal };
  if (tail === undefined) return yield* merged({ ...merging, from: earliest, until, follow });
  const from: Ends = {
    stdout: Math.max(earliest.stdout, await lastLines(logs.stdout, stdout, tail)),
    stderr: Math.max(earliest.stderr, await lastLines(logs.stderr, stderr, tail)),
  };
  const lines = await countLines(merged({ ...merging, from, until, follow: false }));
  yield* withoutLines(merged({ ...merging, from, until, follow }), Math.max(0, lines - tail));
}

interface Merging {
  readonly logs: BothLogs;
  readonly from: Ends;
  readonly until: Ends;
  readonly follow: boolean;
  readonly ended: () => boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

async function* merged({
  logs,
  from,
  until,
  follow,
  ended,
  clock,
  signal,
}: Merging): AsyncGenerator<Uint8Array> {
  const { order } = logs;
  const lines = new LineMerger();
  const streams: Record<LogStream, StreamReader> = {
    stdout: new StreamReader('stdout', logs.stdout, lines, from.stdout),
    stderr: new StreamReader('stderr', logs.stderr, lines, from.stderr),
  };
  const runs = order?.reader();
  const withoutOrder = logs.first === 'stderr' ? STDERR_FIRST : STDOUT_FIRST;
  const text = new TextBlock();
  const readUpTo = async function* (stream: LogStream, end: number): AsyncGenerator<Uint8Array> {
    for await (const bytes of streams[stream].upTo(follow ? end : Math.min(end, until[stream])))
      yield* text.add(bytes);
  };
  let grownAt = clock.monotonic();
  for (;;) {
    // Check this before reading, so that output written before the end is still read.
    const isLast = !follow || ended();
    if (isLast) await order?.settle();
    const before = streams.stdout.position + streams.stderr.position;
    if (runs === undefined) yield* readUpTo(withoutOrder[0], Number.POSITIVE_INFINITY);
    for (let isCurrent = runs === undefined; !isCurrent && !signal.aborted;) {
      const next = await runs?.next();
      isCurrent = next?.isCurrent !== false;
      if (next?.run !== undefined) yield* readUpTo(next.run.stream, next.run.end);
    }
    if (signal.aborted) return;
    if (isLast) {
      for (const stream of order?.rest ?? withoutOrder) yield* readUpTo(stream, Number.POSITIVE_INFINITY);
      yield* text.add(lines.flush());
      yield* text.take();
      return;
    }
    const hasGrown = streams.stdout.position + streams.stderr.position > before;
    if (hasGrown) grownAt = clock.monotonic();
    else if (clock.monotonic() - grownAt > UNFINISHED_MS) yield* text.add(lines.flush());
    yield* text.take();
    if (!hasGrown) await clock.sleep(POLL_MS, signal);
  }
}

class TextBlock {
  #pieces: Uint8Array[] = [];
  #size = 0;

  add(bytes: Uint8Array): Uint8Array[] {
    this.#pieces.push(bytes);
    this.#size += bytes.length;
    return this.#size < BLOCK ? [] : this.take();
  }

  take(): Uint8Array[] {
    const block = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#size = 0;
    return block.length === 0 ? [] : [block];
  }
}

class StreamReader {
  position: number;
  #block: { readonly position: number; readonly bytes: Buffer } | undefined;

  constructor(
    private readonly stream: LogStream,
    private readonly log: LogSource,
    private readonly lines: LineMerger,
    position: number,
  ) {
    this.position = position;
  }

  async *upTo(end: number): AsyncGenerator<Uint8Array> {
    while (this.position < end) {
      let { position: from, bytes } = await this.#read();
      if (bytes.length === 0 || from >= end) return;
      bytes = bytes.subarray(0, end - from);
      const next = from + bytes.length;
      if (from > this.position) {
        // Skip the remainder of a line whose beginning is missing.
        const skipped = bytes.indexOf(NEWLINE) + 1;
        if (skipped < bytes.length) {
          from += skipped;
          bytes = bytes.subarray(skipped);
        }
        yield this.lines.addNotice(this.stream, droppedLine(from - this.position));
      }
      this.position = next;
      yield this.lines.add(this.stream, bytes);
    }
  }

  async #read(): Promise<{ position: number; bytes: Buffer }> {
    const known = this.#block;
    if (
      known !== undefined &&
      this.position >= known.position &&
      this.position < known.position + known.bytes.length
    )
      return { position: this.position, bytes: known.bytes.subarray(this.position - known.position) };
    this.#block = await this.log.read(this.position, BLOCK);
    return this.#block;
  }
}

async function countLines(text: AsyncIterable<Uint8Array>): Promise<number> {
  let lines = 0;
  let isFinished = true;
  for await (const bytes of text) {
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
    isFinished = bytes.at(-1) === NEWLINE;
  }
  return isFinished ? lines : lines + 1;
}

async function* withoutLines(text: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const bytes of text) {
    let from = 0;
    for (; left > 0 && from < bytes.length; left -= 1) {
      const end = bytes.indexOf(NEWLINE, from);
      if (end < 0) {
        from = bytes.length;
        break;
      }
      from = end + 1;
    }
    if (from < bytes.length) yield bytes.subarray(from);
  }
}
