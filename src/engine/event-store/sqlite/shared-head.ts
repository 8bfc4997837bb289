/** Most clients of one writer, over its life. */
export const MAX_CLIENTS = 1024;

/**
 * The head of the log and how many groups of writes there were, seen by every thread without a message, and for each of them whether it waits for
 * growth: the writer sends a message only to those, so a thread that is busy gets none, however much is written.
 */
export class SharedHead {
  readonly buffer: SharedArrayBuffer;
  readonly #head: BigInt64Array;
  readonly #writes: BigInt64Array;
  readonly #waits: Int32Array;

  constructor(buffer = new SharedArrayBuffer(16 + 4 * MAX_CLIENTS)) {
    this.buffer = buffer;
    this.#head = new BigInt64Array(buffer, 0, 1);
    this.#writes = new BigInt64Array(buffer, 8, 1);
    this.#waits = new Int32Array(buffer, 16, MAX_CLIENTS);
  }

  get position(): number {
    return Number(Atomics.load(this.#head, 0));
  }

  set position(position: number) {
    Atomics.store(this.#head, 0, BigInt(position));
  }

  /** Groups of writes, truncations and deletions among them, that readers of the log see by now. */
  get writes(): number {
    return Number(Atomics.load(this.#writes, 0));
  }

  /** After a group, however it ended, and before anybody is told. */
  wrote(): void {
    Atomics.add(this.#writes, 0, 1n);
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
