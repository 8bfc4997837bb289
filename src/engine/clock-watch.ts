import type { Clock } from '#domain/kernel/ports/clock.js';

/** Milliseconds between two comparisons of the clocks. */
const INTERVAL_MS = 1_000;
/** Smaller steps delay no slot noticeably. */
const SMALLEST_STEP_MS = 500;

export interface ClockStep {
  /** Time of detection by the changed clock, in milliseconds since the epoch. */
  readonly at: number;
  readonly byMs: number;
}

export interface ClockWatchOptions {
  readonly clock: Clock;
  readonly intervalMs?: number;
  readonly onStep?: (step: ClockStep) => void;
}

/** Detects changes of the wall clock by comparison with the monotonic clock. Slow corrections by time services do not count. */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #listeners = new Set<(byMs: number) => void>();
  readonly #stopping = new AbortController();
  readonly #watching: Promise<void>;
  readonly #onStep: (step: ClockStep) => void;
  #last: ClockStep | undefined;

  constructor({ clock, intervalMs = INTERVAL_MS, onStep = () => undefined }: ClockWatchOptions) {
    this.#clock = clock;
    this.#onStep = onStep;
    this.#watching = this.#watch(intervalMs);
  }

  get last(): ClockStep | undefined {
    return this.#last;
  }

  /** Calls the listener after each step, with milliseconds that are negative if the clock went back. Returns a function that ends the subscription. */
  onMoved(listener: (byMs: number) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Reports that the clock is behind earlier decisions, as after a restart. */
  foundBehind(byMs: number): void {
    if (this.#last !== undefined) return;
    this.#stepped(-byMs);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
  }

  async #watch(intervalMs: number): Promise<void> {
    let ahead = this.#ahead();
    while (!this.#stopping.signal.aborted) {
      await this.#clock.sleep(intervalMs, this.#stopping.signal);
      const now = this.#ahead();
      const byMs = now - ahead;
      ahead = now;
      if (Math.abs(byMs) < SMALLEST_STEP_MS) continue;
      this.#stepped(byMs);
      for (const listener of this.#listeners) listener(byMs);
    }
  }

  #stepped(byMs: number): void {
    this.#last = { at: this.#clock.now(), byMs: Math.round(byMs) };
    this.#onStep(this.#last);
  }

  #ahead(): number {
    return this.#clock.now() - this.#clock.monotonic();
  }
}
