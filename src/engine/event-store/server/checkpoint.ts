import { PAGE_MATCHES, type WireFilter } from './filter.js';

export interface Checkpoint {
  readonly commit: number;
  readonly prepare: number;
}

/**
 * When a filtered subscription says how far it has looked, as EventStoreDB does: every `interval` events. While it catches up, only at the end of a
 * page, which ends with so many matches or so many events; then the checkpoint is the page's last match, or, without one, where the page began.
 */
export class CheckpointCounter {
  readonly #filter: WireFilter;
  #live: boolean;
  #considered = 0;
  #pageStart: number;
  #searched = 0;
  #matches = 0;
  #lastMatch = 0;

  constructor(filter: WireFilter, start: number, live: boolean) {
    this.#filter = filter;
    this.#pageStart = start;
    this.#live = live;
  }

  /** From now on events come as they are written. */
  live(): void {
    this.#live = true;
  }

  /** An event was looked at. Answers the checkpoint that is due behind it. */
  saw(position: number, matched: boolean): Checkpoint | undefined {
    this.#considered += 1;
    if (this.#live) {
      if (this.#considered < this.#filter.interval) return undefined;
      this.#considered = 0;
      return { commit: position, prepare: position };
    }
    this.#searched += 1;
    if (matched) {
      this.#matches += 1;
      this.#lastMatch = position;
    }
    if (this.#matches < PAGE_MATCHES && this.#searched < this.#filter.window) return undefined;
    return this.#endPage(position);
  }

  #endPage(position: number): Checkpoint | undefined {
    const checkpoint = this.#matches > 0 ? { commit: this.#lastMatch, prepare: this.#lastMatch } : { commit: this.#pageStart, prepare: 0 };
    this.#pageStart = position;
    this.#searched = 0;
    this.#matches = 0;
    if (this.#considered < this.#filter.interval) return undefined;
    this.#considered %= this.#filter.interval;
    return checkpoint;
  }
}
