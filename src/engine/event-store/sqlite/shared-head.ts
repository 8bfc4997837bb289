/** Most clients of one writer, over its life. */
export const MAX_CLIENTS = 1024;

/**
 * The head of the log, seen by every thread without a message, and for each of them whether it waits for growth: the writer sends a
 * message only to those, so a thread that is busy gets none, however much is written.
 */
export class SharedHead {
  readonly buffer: SharedArrayBuffer;
  readonly #head: BigInt64Array;
  readonly #waits: Int32Array;

  constructor(buffer = new SharedArrayBuffer(8 + 4 * MAX_CLIENTS)) {
    this.buffer = buffer;
    this.#head = new BigInt64Array(buffer, 0, 1);
    this.#waits = new Int32Array(buffer, 8, MAX_CLIENTS);
  }

  get position(): number {
    return Number(Atomics.load(this.#head, 0));
  }

  set position(position: number) {
    Atomics.store(this.#head, 0, BigInt(position));
  }

  /** Asks for a message at the next growth. Look at the position again after it: growth between is not told. */
  waitFor(client: number): void {
    Atomics.store(this.#waits, client, 1);
  }

  /** Whether this client waits; from now on it does not. */
  take(client: number): boolean {
    return Atomics.exchange(this.#waits, client, 0) === 1;
  }
}
