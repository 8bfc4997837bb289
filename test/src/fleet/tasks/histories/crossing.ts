import { setImmediate } from 'node:timers/promises';

/** Where all who want something of the store wait, and are let on one at a time, in an order that is given: so every interleaving can be played. */
export class Crossing {
  #waiting: (() => void)[] = [];
  #open = true;

  /** Waits for its turn. Nobody waits while only one is under way. */
  async pass(): Promise<void> {
    if (!this.#open) await new Promise<void>((on) => this.#waiting.push(on));
  }

  /** Lets the works go on until all are done. `order`: which of those that wait is next, from the first again when it is through. */
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

  /** From now on, or until the next call, each waits for its turn. */
  close(closed: boolean): void {
    this.#open = !closed;
    // Of who was killed nobody waits on.
    if (!closed) this.#waiting = [];
  }
}
