import type { Clock } from '#domain/kernel/ports/clock.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import type { SqliteReader } from './reader.js';
import type { GrowthSource } from './sqlite-event-store.js';

/** Detects growth by other processes. SQLite's data version shows whether there were commits, so an idle log costs one cheap query per interval. */
export class PolledGrowth implements GrowthSource {
  readonly #reader: SqliteReader;
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #pollMs: number;
  #closed = false;

  constructor(reader: SqliteReader, clock: Pick<Clock, 'sleep'>, pollMs: number) {
    this.#reader = reader;
    this.#clock = clock;
    this.#pollMs = pollMs;
  }

  newest(): number {
    return this.#reader.head();
  }

  async grown(position: number, signal: StopSignal | undefined): Promise<boolean> {
    let seen: number | undefined;
    for (;;) {
      if (this.#closed || signal?.aborted === true) return false;
      const version = this.#reader.dataVersion();
      if (version !== seen && this.#reader.head() > position) return true;
      seen = version;
      await this.#clock.sleep(this.#pollMs, signal);
    }
  }

  close(): void {
    this.#closed = true;
  }
}
