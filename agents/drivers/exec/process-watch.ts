import type { Clock } from '#domain/kernel/ports/clock.js';
import { isAlive } from './process-table.js';
import type { ProcessName } from './supervised.js';

const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
const PAUSE_PER_PROCESS_MS = 2;
const AT_ONCE = 100;

interface Watched extends ProcessName {
  readonly gone: () => void;
}

/** Detects the end of processes that are not children of this process. One loop checks them all, less frequently the more there are. */
export class ProcessWatch {
  readonly #clock: Clock;
  readonly #life: AbortSignal;
  readonly #watched = new Set<Watched>();
  #looking = false;

  constructor(clock: Clock, life: AbortSignal) {
    this.#clock = clock;
    this.#life = life;
  }

  /** Resolves when this exact process has ended. Never resolves once the agent itself is ending. */
  gone({ pid, birth }: ProcessName): Promise<void> {
    return new Promise((resolve) => {
      this.#watched.add({ pid, birth, gone: resolve });
      if (!this.#looking) void this.#check();
    });
  }

  async #check(): Promise<void> {
    this.#looking = true;
    while (this.#watched.size > 0 && !this.#life.aborted) {
      await this.#clock.sleep(
        Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, this.#watched.size * PAUSE_PER_PROCESS_MS)),
        this.#life,
      );
      let looked = 0;
      for (const each of this.#watched) {
        if (this.#life.aborted) break;
        if (!isAlive(each.pid, each.birth)) {
          this.#watched.delete(each);
          each.gone();
        }
        looked += 1;
        if (looked % AT_ONCE === 0) await this.#clock.sleep(0, this.#life);
      }
    }
    this.#looking = false;
  }
}
