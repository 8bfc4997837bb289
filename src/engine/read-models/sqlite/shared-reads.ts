interface Waiting {
  readonly read: () => void;
  readonly fail: (error: unknown) => void;
}

export interface ReadSpan {
  begin(): void;
  end(): void;
}

/**
 * Executes reads of one turn of the event loop together at its end, in one read transaction. One by one, between requests, they would cost several
 * times as much: locks are taken for each, and the processor's caches are cold.
 */
export class SharedReads {
  #waiting: Waiting[] = [];

  constructor(private readonly span: ReadSpan) {}

  read<Result>(read: () => Result): Promise<Result> {
    return new Promise((resolve, fail) => {
      const waiting: Waiting = {
        read: () => {
          try {
            resolve(read());
          } catch (error) {
            fail(error);
          }
        },
        fail,
      };
      if (this.#waiting.push(waiting) === 1) setImmediate(this.#carryOut);
    });
  }

  readonly #carryOut = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      this.span.begin();
    } catch (error) {
      for (const { fail } of waiting) fail(error);
      return;
    }
    try {
      for (const { read } of waiting) read();
    } finally {
      this.span.end();
    }
  };
}
