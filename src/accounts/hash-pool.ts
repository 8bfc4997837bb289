import { MusterError } from '#domain/errors/index.js';

export interface HashPoolOptions {
  /** How many run at once; cores − 1 leaves one for everything else. */
  readonly workers: number;
  /** How many wait; one more is `MUSTER_E_OVERLOADED`. */
  readonly queue: number;
}

/** Bounds how much of the machine password hashing takes: logins are slow on purpose, and must not slow down the rest. */
export class HashPool {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(private readonly options: HashPoolOptions) {}

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= this.options.workers) {
      if (this.#waiting.length >= this.options.queue) throw new MusterError('MUSTER_E_OVERLOADED', { what: 'passwords waiting to be hashed' });
      await new Promise<void>((turn) => this.#waiting.push(turn));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      // The place goes to who waits, else it is free.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
