import type { LogStream } from '#domain/protocol/agent-channel.js';
import type { Progress } from './log-progress.js';

/** Maximum time by which Docker may write entries of the two streams out of order, in milliseconds. */
export const SKEW_MS = 500;

export interface ReadingState {
  readonly positions: Record<LogStream, number>;
  entries: Progress['entries'];
  last: LogStream | undefined;
  readonly written: Record<LogStream, number>;
  readonly ends: Record<LogStream, number>;
  readonly endsLine: Record<LogStream, boolean>;
  /** Whether data was lost before the stream's first entry. */
  readonly lossToNote: Record<LogStream, boolean>;
}

export function newestTimeOf({ entries, last }: ReadingState): number {
  return Date.parse((last && entries[last]?.time) ?? '');
}

/** Returns a Unix time in seconds that is not later than the time of any entry that follows the known entries. */
export function sinceOf(state: ReadingState): string {
  const { stdout, stderr } = state.entries;
  // Times within a stream never decrease.
  const both =
    stdout === undefined || stderr === undefined
      ? 0
      : Math.min(Date.parse(stdout.time), Date.parse(stderr.time));
  let since = Math.max(0, both, newestTimeOf(state) - SKEW_MS);
  for (const stream of ['stdout', 'stderr'] as const) {
    const known = state.entries[stream];
    // Later parts of a line have the same time as its first part.
    const mayGoOn = !state.endsLine[stream] || state.written[stream] > 0;
    if (known !== undefined && mayGoOn) since = Math.min(since, Date.parse(known.time));
  }
  return (since / 1000).toFixed(3);
}
