export const MAX_CLIENTS = 1024;

/**
 * Shared memory with the head of the log, the number of write groups, and a flag for each thread that is waiting for growth. The writer notifies only
 * threads that set their flag, so a busy thread gets no messages.
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

  get writes(): number {
    return Number(Atomics.load(this.#writes, 0));
  }

  wrote(): void {
    Atomics.add(this.#writes, 0, 1n);
  }

  /** Requests a message when the log grows. The caller must then check the position again, because earlier growth is not reported. */
  waitFor(client: number): void {
    Atomics.store(this.#waits, client, 1);
  }

  take(client: number): boolean {
    return Atomics.exchange(this.#waits, client, 0) === 1;
  }
}
