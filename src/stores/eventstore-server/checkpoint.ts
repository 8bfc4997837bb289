import { PAGE_MATCHES, type WireFilter } from './filter.js';

export interface Checkpoint {
  readonly commit: number;
  readonly prepare: number;
}

/**
 * Decides when a filtered subscription reports its position: every `interval` events, as in EventStoreDB. During catch-up it does so only at the end
 * of a page, which is limited by matches and by events. The checkpoint is then the page's last match or, if there is none, the start of the page.
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

  live(): void {
    this.#live = true;
  }

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
    const checkpoint =
      this.#matches > 0
        ? { commit: this.#lastMatch, prepare: this.#lastMatch }
        : { commit: this.#pageStart, prepare: 0 };
    this.#pageStart = position;
    this.#searched = 0;
    this.#matches = 0;
    if (this.#considered < this.#filter.interval) return undefined;
    this.#considered %= this.#filter.interval;
    return checkpoint;
  }
}
