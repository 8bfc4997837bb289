import pLimit, { type LimitFunction } from 'p-limit';

export interface CallBounds {
  readonly atOnce: number;
  /** Maximum number of waiting calls. */
  readonly waiting: number;
}

/**
 * Runs a limited number of calls concurrently, queues a limited number in order, and refuses the rest, so that slow or remote calls do not delay other work.
 */
export class BoundedCalls {
  readonly #limit: LimitFunction;
  /** The reason of the last {@link letGo}. */
  #why: Error | undefined;

  /** @param refusal creates the error of a refused call from the number of waiting ones. */
  constructor(
    private readonly bounds: CallBounds,
    private readonly refusal: (waiting: number) => Error,
  ) {
    this.#limit = pLimit({ concurrency: bounds.atOnce, rejectOnClear: true });
  }

  async run<Result>(call: () => Promise<Result>): Promise<Result> {
    const { atOnce, waiting } = this.bounds;
    if (this.#limit.activeCount >= atOnce && this.#limit.pendingCount >= waiting)
      throw this.refusal(this.#limit.pendingCount);
    let began = false;
    try {
      return await this.#limit(() => {
        began = true;
        return call();
      });
    } catch (error) {
      throw began ? error : this.#why;
    }
  }

  /** Rejects all waiting calls. */
  letGo(why: Error): void {
    this.#why = why;
    this.#limit.clearQueue();
  }
}
