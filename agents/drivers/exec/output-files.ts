import type { Clock } from '#domain/kernel/ports/clock.js';
import type { BothLogs } from '../../logs/both-logs.js';

const CHECK_MS = 500;

/** Bounds the log of a task that an earlier release of the agent started. Such a task writes to the log's files itself, so its lines have no times. */
export class OutputFiles {
  readonly #ended = new AbortController();

  constructor(
    private readonly log: BothLogs,
    private readonly maxBytes: number,
    private readonly pause: () => (() => void) | undefined,
    clock: Clock,
    life: AbortSignal,
  ) {
    void this.#run(clock, AbortSignal.any([life, this.#ended.signal]));
  }

  end(): void {
    this.#ended.abort();
    this.#check();
  }

  async #run(clock: Clock, over: AbortSignal): Promise<void> {
    for (;;) {
      await clock.sleep(CHECK_MS, over);
      if (over.aborted) return;
      this.#check();
    }
  }

  #check(): void {
    for (const log of Object.values(this.log.logs)) {
      // What a task writes between the last read and the truncation would be lost.
      const resume = log.extent().end - log.end > this.maxBytes ? this.pause() : undefined;
      try {
        log.takeOver(this.maxBytes);
      } catch {
        // The disk is full. The next check may find space.
      } finally {
        resume?.();
      }
    }
  }
}
