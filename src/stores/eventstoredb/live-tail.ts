import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { AppendNotifications } from '#src/engine/event-store/index.js';
import type { Batch } from './batches.js';

const BUFFERED_EVENTS = 2048;
const BUFFERED_CHARACTERS = 4 * 1024 * 1024;

export type Subscribe = (
  after: bigint | undefined,
  signal: AbortSignal,
) => AsyncGenerator<Batch, void, undefined>;

/**
 * Shares the live end of a log among all followers in this thread: one subscription, so each event is sent and decoded only once. It is read as fast
 * as the fastest follower reads. A follower that falls behind by more than the buffer has to fall back to its own subscription.
 */
export class LiveTail {
  readonly #subscribe: Subscribe;
  #feed: Feed | undefined;

  constructor(subscribe: Subscribe) {
    this.#subscribe = subscribe;
  }

  /**
   * Yields batches after a position, for a follower that has caught up to it. Ends when the signal aborts, or if the follower is too slow or too far
   * behind. Throws the subscription's error.
   */
  async *follow(after: bigint | undefined, signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
    if (this.#feed?.ended !== false) this.#feed = new Feed(this.#subscribe, after);
    yield* this.#feed.follow(after, signal);
  }
}

class Feed {
  readonly #leaving = new AbortController();
  readonly #source: AsyncGenerator<Batch, void, undefined>;
  readonly #growth = new AppendNotifications();
  #events: RecordedEvent[] = [];
  #characters = 0;
  #dropped = 0;
  #floor: bigint;
  #caughtUp = 0;
  #pulling = false;
  #followers = 0;
  /** Without an error, the source has ended, and followers have to use their own subscriptions. */
  #end: { readonly error: unknown } | undefined;

  constructor(subscribe: Subscribe, after: bigint | undefined) {
    this.#source = subscribe(after, this.#leaving.signal);
    this.#floor = after ?? -1n;
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  async *follow(after = -1n, signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
    if (after < this.#floor) return;
    const seen = this.#events.findIndex(({ position }) => position > after);
    let next = this.#dropped + (seen < 0 ? this.#events.length : seen);
    // The follower's own subscription has already reported the first `caughtUp`.
    let heard = Math.max(1, this.#caughtUp);
    this.#followers += 1;
    try {
      while (!signal.aborted && next >= this.#dropped) {
        const events = this.#events.slice(next - this.#dropped).filter(({ position }) => position > after);
        const caughtUp = this.#caughtUp > heard;
        next = this.#dropped + this.#events.length;
        heard = Math.max(heard, this.#caughtUp);
        if (events.length > 0 || caughtUp) yield { events, caughtUp };
        else if (this.#end !== undefined) {
          if (this.#end.error === undefined) return;
          throw this.#end.error;
        } else {
          const grown = this.#growth.next(signal);
          void this.#pull();
          await grown;
        }
      }
    } finally {
      this.#followers -= 1;
      if (this.#followers === 0) this.#close();
    }
  }

  async #pull(): Promise<void> {
    if (this.#pulling) return;
    this.#pulling = true;
    try {
      const { done, value } = await this.#source.next();
      if (done === true) this.#end ??= { error: undefined };
      else this.#put(value);
    } catch (error) {
      this.#end ??= { error };
    }
    this.#pulling = false;
    this.#growth.announce();
  }

  #put({ events, caughtUp }: Batch): void {
    const before = this.#events.length;
    for (const event of events) {
      this.#events.push(event);
      this.#characters += sizeOf(event);
    }
    let gone = 0;
    while (
      gone < before &&
      (this.#events.length - gone > BUFFERED_EVENTS || this.#characters > BUFFERED_CHARACTERS)
    ) {
      this.#characters -= sizeOf(this.#events[gone]!);
      gone += 1;
    }
    if (gone > 0) {
      this.#floor = this.#events[gone - 1]!.position;
      this.#events = this.#events.slice(gone);
      this.#dropped += gone;
    }
    if (caughtUp) this.#caughtUp += 1;
  }

  #close(): void {
    this.#end ??= { error: new Error('the last subscriber has unsubscribed') };
    this.#leaving.abort();
    void this.#source.return().catch(() => undefined);
  }
}

function sizeOf({ data, metadata }: RecordedEvent): number {
  return data.length + metadata.length;
}
