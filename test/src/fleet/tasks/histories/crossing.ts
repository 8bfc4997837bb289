import { setImmediate } from 'node:timers/promises';

/** Holds all calls to the store, and releases them one at a time in a given order, so that every interleaving can be played. */
export class Crossing {
  #waiting: (() => void)[] = [];
  #open = true;

  /** Waits for its turn. Returns at once while the crossing is open. */
  async pass(): Promise<void> {
    if (!this.#open) await new Promise<void>((on) => this.#waiting.push(on));
  }

  /** Releases calls until all works are done. `order`: index of the next waiting call for each turn, repeated from its start. */
  async letThrough(
    works: readonly Promise<unknown>[],
    order: readonly number[],
    passed: () => void,
  ): Promise<void> {
    let left = works.length;
    for (const work of works) void work.finally(() => (left -= 1));
    for (let turn = 0; ; turn += 1) {
      await setImmediate();
      if (left === 0) return;
      const [next] = this.#waiting.splice(
        (order[turn % order.length] ?? 0) % Math.max(1, this.#waiting.length),
        1,
      );
      if (next === undefined && turn > 100_000)
        throw new Error('works wait for something else than the store');
      passed();
      next?.();
    }
  }

  /** From now on each call waits for its turn, or none does. */
  close(closed: boolean): void {
    this.#open = !closed;
    // Killed servers never continue.
    if (!closed) this.#waiting = [];
  }
}
