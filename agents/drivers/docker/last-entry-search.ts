import type { LogStream } from '#domain/protocol/agent-channel.js';
import type { LogEntry } from './log-entries.js';
import type { LastEntry, Progress } from './log-progress.js';

interface Anchor {
  readonly known: LastEntry;
  left: number;
  /** Whether the fetched part of the log includes every entry with this time, so that these entries can be counted. */
  isCertain: boolean;
}

/**
 * Finds the newest known entry of either stream near the end of a log. Entries of a stream can have the same time, for example the parts of a long
 * line. They are then told apart by index. If the fetched part starts in the middle of such a group, their indexes are unknown.
 */
export class LastEntrySearch {
  readonly #anchors = new Map<LogStream, Anchor>();
  #left: number | undefined;

  /**
   * @param isSince whether the entries are all entries since a time, rather than the last few. Earlier entries are then interleaved, so it is
   * impossible to count across them
   */
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
