import pLimit, { type LimitFunction } from 'p-limit';

export interface CallBounds {
  readonly atOnce: number;
  readonly waiting: number;
}

/** Limits how many calls run concurrently, queues a limited number in order, and refuses further calls, so slow calls do not delay other work. */
export class BoundedCalls {
  readonly #limit: LimitFunction;
  #why: Error | undefined;

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

  letGo(why: Error): void {
    this.#why = why;
    this.#limit.clearQueue();
  }
}
