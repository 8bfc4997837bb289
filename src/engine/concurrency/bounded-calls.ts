import pLimit, { type LimitFunction } from 'p-limit';

export interface CallBounds {
  /** How many run at once. */
  readonly atOnce: number;
  /** How many may wait behind them. */
  readonly waiting: number;
}

/** So many calls at once, so many that wait in order, and one more is refused: what is slow on purpose, or elsewhere, holds up nothing else. */
export class BoundedCalls {
  readonly #limit: LimitFunction;
  /** Why those that waited were let go last. */
  #why: Error | undefined;

  /** @param refusal what the one too many is told; it is given how many wait. */
  constructor(
    private readonly bounds: CallBounds,
    private readonly refusal: (waiting: number) => Error,
  ) {
    this.#limit = pLimit({ concurrency: bounds.atOnce, rejectOnClear: true });
  }

  /** Throws what {@link letGo} gave where the call was still waiting then. */
  async run<Result>(call: () => Promise<Result>): Promise<Result> {
    const { atOnce, waiting } = this.bounds;
    if (this.#limit.activeCount >= atOnce && this.#limit.pendingCount >= waiting) throw this.refusal(this.#limit.pendingCount);
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

  /** Those that wait are not carried out any more. */
  letGo(why: Error): void {
    this.#why = why;
    this.#limit.clearQueue();
  }
}
