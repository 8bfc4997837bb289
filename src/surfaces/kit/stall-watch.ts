import type { Clock } from '#domain/ports/clock.js';

export interface StallBounds {
  /** Milliseconds between two looks. */
  readonly everyMs: number;
  /** A look that is so much later than it should be was held up. */
  readonly lateMs: number;
  /** For so long a stall explains that a request did not come in time. */
  readonly rememberedMs: number;
}

const BOUNDS: StallBounds = { everyMs: 1_000, lateMs: 2_000, rememberedMs: 60_000 };

/** Knows whether this process stood still lately: what it did not read in time then was not its client's fault. */
export class StallWatch {
  readonly #stopping = new AbortController();
  #looked: number;
  #stalled = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: Pick<Clock, 'monotonic' | 'sleep'>,
    private readonly bounds = BOUNDS,
  ) {
    this.#looked = clock.monotonic();
  }

  /** Looks until stopped. */
  start(): void {
    this.#looked = this.clock.monotonic();
    void this.#run();
  }

  stoodStill(): boolean {
    this.#look();
    return this.clock.monotonic() - this.#stalled < this.bounds.rememberedMs;
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.clock.sleep(this.bounds.everyMs, signal);
      this.#look();
    }
  }

  #look(): void {
    const now = this.clock.monotonic();
    if (now - this.#looked > this.bounds.everyMs + this.bounds.lateMs) this.#stalled = now;
    this.#looked = now;
  }
}
