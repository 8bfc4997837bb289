import { MusterError } from '#domain/errors/index.js';

/**
 * How many calls one connection has open at once. A server takes 100; what is beyond waits there without a word until its deadline, so it waits
 * here, in order and counted.
 */
export class CallSlots {
  readonly #limit: number;
  readonly #bound: number;
  #taken = 0;
  #waiting: { readonly go: () => void; readonly refuse: (error: MusterError) => void }[] = [];

  constructor(limit: number, bound: number) {
    this.#limit = limit;
    this.#bound = bound;
  }

  /** Resolves when there is a slot; it is given back by {@link release}. Throws `MUSTER_E_STORE_BUSY` when too many wait. */
  async take(): Promise<void> {
    if (this.#taken < this.#limit) {
      this.#taken += 1;
      return;
    }
    if (this.#waiting.length >= this.#bound) throw new MusterError('MUSTER_E_STORE_BUSY', { queued: this.#waiting.length });
    await new Promise<void>((go, refuse) => {
      this.#waiting.push({ go, refuse });
    });
  }

  /** The slot passes to who has waited longest. */
  release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken -= 1;
    else next.go();
  }

  /** Nobody who waits now gets one. */
  refuseWaiting(error: MusterError): void {
    for (const { refuse } of this.#waiting.splice(0)) refuse(error);
  }
}
