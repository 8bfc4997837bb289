import type { Clock } from '#domain/kernel/ports/clock.js';

const INTERVAL_MS = 1_000;
const SMALLEST_STEP_MS = 500;

export interface ClockStep {
  readonly at: number;
  readonly byMs: number;
}

export interface ClockWatchOptions {
  readonly clock: Clock;
  readonly intervalMs?: number;
  readonly onStep?: (step: ClockStep) => void;
}

/** Detects steps of the wall clock by comparing it with the monotonic clock. Gradual corrections by time services are ignored. */
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

  onMoved(listener: (byMs: number) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

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
