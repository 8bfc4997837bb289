import type { Clock } from '#domain/ports/clock.js';

/** A reader that takes nothing for that long keeps no log. */
const STALLED_MS = 60_000;

/** Who reads the logs of an allocation, so that they are not removed meanwhile. */
export class LogReads {
  /** When each last took something. Monotonic. */
  readonly #reads = new Set<{ at: number }>();

  areUnderWay(clock: Pick<Clock, 'monotonic'>): boolean {
    const now = clock.monotonic();
    return [...this.#reads].some(({ at }) => now - at < STALLED_MS);
  }

  /** Hands on what is read, and counts it as read until its end. */
  async *follow(chunks: AsyncIterable<Uint8Array>, clock: Pick<Clock, 'monotonic'>): AsyncGenerator<Uint8Array> {
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
