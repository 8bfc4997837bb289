import type { LogStream } from '#domain/ports/agent-channel.js';
import type { Progress } from './log-progress.js';

/** Docker writes an entry of one stream after one of the other though its time is earlier by this much, at most. */
export const SKEW_MS = 500;

/** How far a container's log was read, while an agent reads it. */
export interface ReadingState {
  readonly positions: Record<LogStream, number>;
  entries: Progress['entries'];
  last: LogStream | undefined;
  /** Bytes after the positions that are in the files already. */
  readonly written: Record<LogStream, number>;
  /** Where the files end. */
  readonly ends: Record<LogStream, number>;
  readonly endsLine: Record<LogStream, boolean>;
  /** Something was lost before anything of the stream was read. */
  readonly lossToNote: Record<LogStream, boolean>;
}

/** Milliseconds since the epoch. */
export function newestTimeOf({ entries, last }: ReadingState): number {
  return Date.parse((last && entries[last]?.time) ?? '');
}

/** Unix seconds from which on all entries are that may come after the known ones. */
export function sinceOf(state: ReadingState): string {
  const { stdout, stderr } = state.entries;
  // A stream's times do not go back.
  const both = stdout === undefined || stderr === undefined ? 0 : Math.min(Date.parse(stdout.time), Date.parse(stderr.time));
  let since = Math.max(0, both, newestTimeOf(state) - SKEW_MS);
  for (const stream of ['stdout', 'stderr'] as const) {
    const known = state.entries[stream];
    // Parts that a line still gets have the time of its first one.
    const mayGoOn = !state.endsLine[stream] || state.written[stream] > 0;
    if (known !== undefined && mayGoOn) since = Math.min(since, Date.parse(known.time));
  }
  return (since / 1000).toFixed(3);
}
