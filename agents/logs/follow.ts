import type { Clock } from '#domain/kernel/ports/clock.js';
import type { LogQuery, LogStream } from '#domain/protocol/agent-channel.js';
import { LineMerger } from '../platform/transport/line-merger.js';
import { LineTimes } from '../platform/transport/line-times.js';
import { lastLines, startOfLine, type LogExtent, type LogSource } from './log-source.js';
import { StreamReader } from './stream-reader.js';

const NEWLINE = 10;
const POLL_MS = 100;
const BLOCK = 65_536;
/** An unterminated line is returned if no output follows for this many milliseconds, because it may be a prompt. */
const UNFINISHED_MS = 1000;

export interface TaskLog extends Readonly<Record<LogStream, LogSource>> {
  /** Stream that is returned first if the order is unknown. Default: stdout. */
  readonly first?: LogStream | undefined;
}

type Query = Omit<LogQuery, 'task'>;

interface Reading {
  readonly streams: readonly LogStream[];
  readonly log: TaskLog;
  readonly query: Query;
  readonly from: readonly number[];
  readonly until: readonly number[];
  readonly ended: () => boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Returns the output that a query selects: the bytes of one stream, or the lines of both in the order in which they arrived. A followed log continues
 * until `ended()` returns true and everything has been read, or until the signal aborts. A line from Muster marks each gap. Times select nothing in
 * output whose time is unknown.
 */
export async function* readLog(
  log: TaskLog,
  query: Query,
  ended: () => boolean,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { stream, since, tail } = query;
  const streams: LogStream[] =
    stream !== 'both' ? [stream] : log.first === 'stderr' ? ['stderr', 'stdout'] : ['stdout', 'stderr'];
  const extents = streams.map((each) => selected(log[each], query));
  const from = await Promise.all(
    streams.map(async (each, index) => {
      const source = log[each];
      const earliest =
        since === undefined ? 0 : await startOfLine(source, source.endBefore?.(since * 1000) ?? 0);
      const extent = extents[index] ?? { end: 0, gaps: [] };
      return tail === undefined ? earliest : Math.max(earliest, await lastLines(source, extent, tail));
    }),
  );
  const reading = { streams, log, query, from, until: extents.map(({ end }) => end), ended, clock, signal };
  if (tail === undefined || streams.length === 1) return yield* merged(reading);
  const lines = await countLines(
    merged({ ...reading, query: { ...query, follow: false, timestamps: false } }),
  );
  yield* withoutLines(merged(reading), Math.max(0, lines - tail));
}

/** Returns the extent of a log until the time that the query limits it to. */
function selected(source: LogSource, { until }: Query): LogExtent {
  const extent = source.extent();
  const end = until === undefined ? undefined : source.endBefore?.(until * 1000);
  return end === undefined
    ? extent
    : { end: Math.min(extent.end, end), gaps: extent.gaps.filter(({ to }) => to <= end) };
}

async function* merged(reading: Reading): AsyncGenerator<Uint8Array> {
  const { streams, log, query, ended, clock, signal } = reading;
  const { follow, until } = query;
  const lines = streams.length > 1 || query.timestamps === true ? new LineMerger() : undefined;
  const times = query.timestamps === true ? new LineTimes() : undefined;
  const readers = streams.map((each, index) => new StreamReader(each, log[each], reading.from[index] ?? 0));
  const text = new TextBlock();
  const given = (bytes: Buffer, time: number | undefined): Uint8Array[] =>
    text.add(times === undefined ? bytes : times.add(bytes, time));
  let grownAt = clock.monotonic();
  let newest: number | undefined;
  for (;;) {
    // Check this before reading, so that output written before the end is still read.
    const isLast = !follow || ended() || (until !== undefined && clock.now() >= until * 1000);
    const ends = follow ? streams.map((each) => selected(log[each], query).end) : reading.until;
    let hasGrown = false;
    for (;;) {
      const next = earliest(readers, ends, times !== undefined);
      if (next === undefined || signal.aborted) break;
      hasGrown = true;
      newest = next.time;
      const { stream } = next.reader;
      for await (const piece of next.reader.upTo(next.end)) {
        if (typeof piece !== 'string') yield* given(lines?.add(stream, piece) ?? piece, next.time);
        else if (lines !== undefined) yield* given(lines.addNotice(stream, piece), undefined);
        else yield* given(Buffer.from(`${text.endsLine ? '' : '\n'}${piece}`), undefined);
      }
    }
    if (signal.aborted) return;
    if (hasGrown) grownAt = clock.monotonic();
    if (lines !== undefined && (isLast || clock.monotonic() - grownAt > UNFINISHED_MS))
      yield* given(lines.flush(), newest);
    yield* text.take();
    if (isLast) return;
    if (!hasGrown) await clock.sleep(POLL_MS, signal);
  }
}

/** Returns the reader whose next output arrived first, and the end of its output before that of the other. `single`: no more than one write. */
function earliest(
  readers: readonly StreamReader[],
  ends: readonly number[],
  single: boolean,
): { readonly reader: StreamReader; readonly end: number; readonly time: number | undefined } | undefined {
  const waiting = readers.flatMap((reader, index) => {
    const write = reader.next(ends[index] ?? 0);
    return write === undefined ? [] : [{ reader, ...write }];
  });
  const order = (time: number | undefined): number => time ?? Number.NEGATIVE_INFINITY;
  const [first, second] = waiting.toSorted((left, right) => order(left.time) - order(right.time) || 0);
  if (first === undefined || single) return first;
  const limit = ends[readers.indexOf(first.reader)] ?? 0;
  return {
    ...first,
    end: first.reader.endBefore(second === undefined ? undefined : order(second.time), limit),
  };
}

class TextBlock {
  #pieces: Uint8Array[] = [];
  #size = 0;
  endsLine = true;

  add(bytes: Uint8Array): Uint8Array[] {
    if (bytes.length > 0) this.endsLine = bytes.at(-1) === NEWLINE;
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
