import { MusterError } from '#domain/kernel/errors/index.js';

/** Runs work for the same name sequentially, in order of arrival, and work for different names concurrently. */
export class KeyedMutex {
  readonly #tails = new Map<string, Promise<unknown>>();
  #underWay = 0;

  constructor(private readonly bound: number) {}

  get underWay(): number {
    return this.#underWay;
  }

  /** Throws `MUSTER_E_OVERLOADED` if the maximum number of calls is already in progress. */
  async take<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    if (this.#underWay >= this.bound)
      throw new MusterError('MUSTER_E_OVERLOADED', { what: 'too many commands are in progress' });
    this.#underWay += 1;
    const before = this.#tails.get(name);
    const mine = before === undefined ? work() : before.then(work, work);
    this.#tails.set(name, mine);
    try {
      return await mine;
    } finally {
      this.#underWay -= 1;
      if (this.#tails.get(name) === mine) this.#tails.delete(name);
    }
  }
}
