import type { LogStream } from '#domain/protocol/agent-channel.js';
import type { LogEntry } from './log-entries.js';
import type { LastEntry, Progress } from './log-progress.js';

interface Anchor {
  readonly known: LastEntry;
  /** Entries of its time before the known one. */
  left: number;
  /** Whether earlier entries of its time are impossible. */
  isCertain: boolean;
}

/**
 * Finds the newest known entry of either stream in the end of a log. Entries of a stream may share a time, such as parts of a long line, and are then
 * identified by index; if the log's end begins among them, their index is unknown.
 */
export class LastEntrySearch {
  readonly #anchors = new Map<LogStream, Anchor>();
  #left: number | undefined;

  /** @param isSince the entries are all since a time instead of the last ones, so earlier entries are interleaved and counting across them is impossible */
  constructor({ entries, last }: Pick<Progress, 'entries' | 'last'>, isSince: boolean) {
    if (last === undefined) this.#left = 0;
    for (const stream of ['stdout', 'stderr'] as const) {
      const known = entries[stream];
      if (known !== undefined && (!isSince || stream === last))
        this.#anchors.set(stream, { known, left: known.count, isCertain: isSince });
    }
  }

  get hasFound(): boolean {
    return this.#left === 0;
  }

  get hasBegun(): boolean {
    return (
      this.#left !== undefined || [...this.#anchors.values()].some(({ known, left }) => left < known.count)
    );
  }

  isOver({ stream, time }: Pick<LogEntry, 'stream' | 'time'>): boolean {
    if (this.#left === 0) return true;
    const anchor = this.#anchors.get(stream);
    if (this.#left !== undefined) this.#left -= 1;
    else if (anchor !== undefined) {
      if (time !== anchor.known.time) anchor.isCertain = true;
      else if (anchor.isCertain) {
        anchor.left -= 1;
        if (anchor.left === 0) this.#left = anchor.known.after;
      }
    }
    return false;
  }
}
