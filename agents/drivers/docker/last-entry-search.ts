import type { LogStream } from '#domain/ports/agent-channel.js';
import type { LogEntry } from './log-entries.js';
import type { LastEntry, Progress } from './log-progress.js';

interface Anchor {
  readonly known: LastEntry;
  /** Entries of its time that are still to come until the known one. */
  left: number;
  /** Whether no entries of its time can have come before those that are looked at. */
  isCertain: boolean;
}

/**
 * Looks for the newest known entry in the end of a log, by that of either stream. Entries of one stream may have the same time, above all the parts of a long
 * line, and are then known by their number; an end of the log that begins within them cannot say which number they have.
 */
export class LastEntrySearch {
  readonly #anchors = new Map<LogStream, Anchor>();
  /** Known entries that are still to come; undefined: none of the two was found yet. */
  #left: number | undefined;

  /** @param isSince all entries since a time are looked at, not the last ones: some that are before them are left out between them, so that none is counted from another one */
  constructor({ entries, last }: Pick<Progress, 'entries' | 'last'>, isSince: boolean) {
    if (last === undefined) this.#left = 0;
    for (const stream of ['stdout', 'stderr'] as const) {
      const known = entries[stream];
      if (known !== undefined && (!isSince || stream === last)) this.#anchors.set(stream, { known, left: known.count, isCertain: isSince });
    }
  }

  get hasFound(): boolean {
    return this.#left === 0;
  }

  /** Whether an entry of the time of a known one was found. */
  get hasBegun(): boolean {
    return this.#left !== undefined || [...this.#anchors.values()].some(({ known, left }) => left < known.count);
  }

  /** Whether an entry comes after the newest known one. */
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
