import type { Clock } from '#domain/kernel/ports/clock.js';

/** A reader that has not read anything for this many milliseconds no longer protects a log. */
const STALLED_MS = 60_000;

/** Tracks readers of an allocation's logs, so that the logs are not removed while they are read. */
export class LogReads {
  readonly #reads = new Set<{ at: number }>();

  areUnderWay(clock: Pick<Clock, 'monotonic'>): boolean {
    const now = clock.monotonic();
    return [...this.#reads].some(({ at }) => now - at < STALLED_MS);
  }

  async *follow(
    chunks: AsyncIterable<Uint8Array>,
    clock: Pick<Clock, 'monotonic'>,
  ): AsyncGenerator<Uint8Array> {
    const read = { at: clock.monotonic() };
    this.#reads.add(read);
    try {
      for await (const chunk of chunks) {
        read.at = clock.monotonic();
        yield chunk;
        read.at = clock.monotonic();
      }
    } finally {
      this.#reads.delete(read);
    }
  }
}
