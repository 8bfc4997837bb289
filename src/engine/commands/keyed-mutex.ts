import { MusterError } from '#domain/errors/index.js';

/** Work on one name is done one after the other, in the order asked for; on different names at once. */
export class KeyedMutex {
  readonly #tails = new Map<string, Promise<unknown>>();
  #underWay = 0;

  constructor(private readonly bound: number) {}

  get underWay(): number {
    return this.#underWay;
  }

  /** Throws `MUSTER_E_OVERLOADED` where more than the bound is under way already. */
  async take<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    if (this.#underWay >= this.bound) throw new MusterError('MUSTER_E_OVERLOADED', { what: 'commands under way' });
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
