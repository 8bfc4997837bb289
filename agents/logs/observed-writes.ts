import type { LogStream } from '#domain/protocol/agent-channel.js';
import type { LogRun } from './order.js';

export interface ObservedWrites {
  readonly stream: LogStream;
  end: number | undefined;
  /** Sequence number of the read that returned these notifications from the kernel. Each read returns all pending notifications. */
  taking: number;
  count: number;
}

export type LineEnds = (
  stream: LogStream,
  from: number,
  to: number,
) => Promise<readonly number[] | undefined>;

/** If the ratio of lines to notifications is lower than this, one line takes several writes. */
const WRITES_A_LINE = 2 / 3;

/**
 * Converts notifications to runs. The kernel reports the order of writes but not their lengths. Each notification represents a line as far as the
 * counts allow, within certain bounds: a write precedes the handling of its notification, and is reported before the agent reads notifications again.
 * @param from previous end of each stream
 * @param until current end of each stream
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

/** Returns the latest possible end of each write. */
function latestEnds(writes: readonly ObservedWrites[], from: number, until: number): number[] {
  const ends: number[] = [];
  let end = until;
  for (const write of writes.toReversed()) {
    end = Math.max(from, Math.min(end, write.end ?? end));
    ends.unshift(end);
  }
  return ends;
}

function sharedOut(
  writes: readonly ObservedWrites[],
  latest: readonly number[],
  lines: readonly number[],
  from: number,
): number[] {
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

/** Bytes that exist when notifications are read were written by the writes of that read or of the next one. */
function earliestEnd(writes: readonly ObservedWrites[], latest: readonly number[], index: number): number {
  const [own, next] = [writes[index], writes[index + 1]];
  if (own === undefined || next === undefined) return latest.at(-1) ?? 0;
  if (next.taking === own.taking) return 0;
  // There was another read in between, and all of its writes have been reported.
  if (next.taking > own.taking + 1) return latest[index] ?? 0;
  for (let before = index; before >= 0; before -= 1)
    if ((writes[before]?.taking ?? 0) < own.taking) return latest[before] ?? 0;
  return 0;
}

/** Returns a function that determines how many lines a notification represents. */
function shareOf(writes: readonly ObservedWrites[], lines: number): (write: ObservedWrites) => number {
  const notifications = writes.reduce((sum, { count }) => sum + count, 0);
  const repeated = notifications - writes.length;
  if (lines === writes.length) return () => 1;
  if (lines < notifications)
    return lines < notifications * WRITES_A_LINE
      ? ({ count }) => (count * lines) / notifications
      : ({ count }) => count;
  const spare = lines - writes.length;
  // The kernel merges identical consecutive notifications, so repeated ones may represent more writes.
  return repeated === 0 ? () => lines / writes.length : ({ count }) => 1 + (spare * (count - 1)) / repeated;
}
