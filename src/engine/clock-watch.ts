import type { Clock } from '#domain/ports/clock.js';

/** How often the two clocks are compared, in milliseconds. */
const INTERVAL_MS = 1_000;
/** Smaller steps delay no slot noticeably. */
const SMALLEST_STEP_MS = 500;

/** A step of the wall clock. */
export interface ClockStep {
  /** When it was seen, by the clock that has moved: milliseconds since 1970. */
  readonly at: number;
  /** Negative where it went back. */
  readonly byMs: number;
}

export interface ClockWatchOptions {
  readonly clock: Clock;
  readonly intervalMs?: number;
  readonly onStep?: (step: ClockStep) => void;
}

/** Sees that the wall clock was set, by comparing it with one that never jumps. Slow corrections, as time services make them, are none. */
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

  /** The newest step; undefined: there was none. */
  get last(): ClockStep | undefined {
    return this.#last;
  }

  /** Calls the listener after each step with its milliseconds, negative where the clock went back. Returns what ends that. */
  onMoved(listener: (byMs: number) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The clock was found to be behind what was decided by it before, as after a restart. */
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
