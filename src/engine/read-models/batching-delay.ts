import type { Clock } from '#domain/ports/clock.js';
import type { StopSignal } from '#domain/ports/signal.js';
import { Bell } from '#src/engine/concurrency/index.js';

/** Milliseconds of waiting for each event of the page before. */
const PER_EVENT_MS = 0.2;
/** What a single wait takes at most, in milliseconds. */
const LONGEST_MS = 100;
/** Shorter than this a timer does not wait. */
const SHORTEST_MS = 1;
/** Pages behind which it does not wait once somebody has waited: who does once does so again. */
export const RESTS = 32;

/**
 * Waits behind a page, in proportion to its events, so that under load the next page is larger: a document that several of its events change is
 * written once. Nobody is kept waiting by it: it does not wait while somebody wants to see what is not folded yet, nor any longer once somebody does.
 */
export class BatchingDelay {
  readonly #clock: Pick<Clock, 'sleep'>;
  /** The newest position that a reader has asked for. */
  #wanted = -1n;
  #rests = 0;
  /** Of the present wait: what was wanted before it does not end it. */
  #bell: Bell | undefined;

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.#clock = clock;
  }

  /** A reader waits for this position. */
  want(position: bigint): void {
    if (position <= this.#wanted) return;
    this.#wanted = position;
    this.#bell?.ring();
  }

  /** Waits behind a page of so many events, whose last is at `folded`. */
  async wait(events: number, folded: bigint, signal: StopSignal): Promise<void> {
    if (this.#wanted > folded) this.#rests = RESTS;
    if (this.#rests > 0) {
      this.#rests -= 1;
      return;
    }
    const ms = Math.min(LONGEST_MS, events * PER_EVENT_MS);
    if (ms < SHORTEST_MS) return;
    this.#bell = new Bell();
    await this.#bell.wait(this.#clock, ms, signal);
    this.#bell = undefined;
    if (this.#wanted > folded) this.#rests = RESTS;
  }
}
