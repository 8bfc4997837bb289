interface Waiting {
  readonly read: () => void;
  readonly fail: (error: unknown) => void;
}

/** Where reads are carried out. */
export interface ReadSpan {
  begin(): void;
  end(): void;
}

/**
 * Reads that were asked for in one turn of the event loop are carried out together at its end, in one span (a read
 * transaction). Taken one by one, between the requests that ask for them, they cost several times as much: locks are
 * taken for each, and neither the code nor the pages are in the processor's caches any more.
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
