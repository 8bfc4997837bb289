interface Waiting {
  readonly read: () => void;
  readonly fail: (error: unknown) => void;
}

export interface ReadSpan {
  begin(): void;
  end(): void;
}

/**
 * Executes all reads of one turn of the event loop at its end, in one read transaction. Separate reads would cost several times as much, because each
 * takes locks and finds the processor's caches cold.
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
