import type { Clock } from '#domain/kernel/ports/clock.js';

export interface StallBounds {
  readonly everyMs: number;
  readonly lateMs: number;
  readonly rememberedMs: number;
}

const BOUNDS: StallBounds = { everyMs: 1_000, lateMs: 2_000, rememberedMs: 60_000 };

/** Detects whether this process stalled recently, so that clients are not blamed for data that the process did not read in time. */
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
