import type { LogStream } from '#domain/ports/agent-channel.js';
import type { LogRun } from './order.js';

/** Notifications of the kernel that a stream was written to, one right after the other. */
export interface ObservedWrites {
  readonly stream: LogStream;
  /** Where the stream ended when the last of them was handled; it may have been written to again before that. Undefined: nobody could tell. */
  end: number | undefined;
  /** Numbers the times that the agent took notifications from the kernel: all that it had at that moment. */
  taking: number;
  count: number;
}

/** Returns where the lines end that are in a range of a stream, the end of the range last. Undefined: too much to look at. */
export type LineEnds = (stream: LogStream, from: number, to: number) => Promise<readonly number[] | undefined>;

/** Below this share of lines to notifications it takes several writes to make a line. */
const WRITES_A_LINE = 2 / 3;

/**
 * Turns notifications into runs. The kernel has them in the order of the writes, but does not say how much was written. Each stands for a line as far as the
 * numbers allow it, within what is certain: a write was made before its notification was handled, and is notified of before the agent takes notifications again.
 *
 * @param from where each stream ended before
 * @param until where each ends now
 */
export async function runsOf(
  writes: readonly ObservedWrites[],
  from: Readonly<Record<LogStream, number>>,
  until: Readonly<Record<LogStream, number>>,
  lineEnds: LineEnds,
): Promise<LogRun[]> {
  const ends = new Map<ObservedWrites, number>();
  for (const stream of ['stdout', 'stderr'] as const) {
    const own = writes.filter((write) => write.stream === stream);
    const latest = latestEnds(own, from[stream], until[stream]);
    const end = latest.at(-1) ?? from[stream];
    const lines = end > from[stream] ? await lineEnds(stream, from[stream], end) : [];
    const shared = lines === undefined ? latest : sharedOut(own, latest, lines, from[stream]);
    for (const [index, write] of own.entries()) ends.set(write, shared[index] ?? end);
  }
  const reached = { ...from };
  return writes.flatMap((write) => {
    const end = ends.get(write) ?? 0;
    if (end <= reached[write.stream]) return [];
    reached[write.stream] = end;
    return [{ stream: write.stream, end }];
  });
}

/** Up to where each of them can have written at the latest. */
function latestEnds(writes: readonly ObservedWrites[], from: number, until: number): number[] {
  const ends: number[] = [];
  let end = until;
  for (const write of writes.toReversed()) {
    end = Math.max(from, Math.min(end, write.end ?? end));
    ends.unshift(end);
  }
  return ends;
}

function sharedOut(writes: readonly ObservedWrites[], latest: readonly number[], lines: readonly number[], from: number): number[] {
  const share = shareOf(writes, lines.length);
  let many = 0;
  let reached = from;
  return writes.map((write, index) => {
    many += share(write);
    const wanted = lines[Math.round(many) - 1] ?? from;
    const certain = earliestEnd(writes, latest, index);
    reached = Math.max(reached, Math.min(latest[index] ?? wanted, Math.max(wanted, certain)));
    return reached;
  });
}

/** What was there when notifications were taken was written by those of that time and of the next one. */
function earliestEnd(writes: readonly ObservedWrites[], latest: readonly number[], index: number): number {
  const [own, next] = [writes[index], writes[index + 1]];
  if (own === undefined || next === undefined) return latest.at(-1) ?? 0;
  if (next.taking === own.taking) return 0;
  // Another taking lies between: all of its own time is notified of.
  if (next.taking > own.taking + 1) return latest[index] ?? 0;
  for (let before = index; before >= 0; before -= 1) if ((writes[before]?.taking ?? 0) < own.taking) return latest[before] ?? 0;
  return 0;
}

/** How many lines one of them stands for. */
function shareOf(writes: readonly ObservedWrites[], lines: number): (write: ObservedWrites) => number {
  const notifications = writes.reduce((sum, { count }) => sum + count, 0);
  const repeated = notifications - writes.length;
  if (lines === writes.length) return () => 1;
  if (lines < notifications) return lines < notifications * WRITES_A_LINE ? ({ count }) => (count * lines) / notifications : ({ count }) => count;
  const spare = lines - writes.length;
  // The kernel joins notifications that are like the one before: where some came several times there may be more of them.
  return repeated === 0 ? () => lines / writes.length : ({ count }) => 1 + (spare * (count - 1)) / repeated;
}
