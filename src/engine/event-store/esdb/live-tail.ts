import type { RecordedEvent } from '#domain/ports/event-store.js';
import { Growth } from '../growth.js';
import type { Batch } from './batches.js';

/** What is kept of the newest events, for those who take them later than others. */
const KEPT_EVENTS = 2048;
const KEPT_CHARACTERS = 4 * 1024 * 1024;

/** Subscribes behind a position, until the signal aborts. */
export type Subscribe = (after: bigint | undefined, signal: AbortSignal) => AsyncGenerator<Batch, void, undefined>;

/**
 * The live end of a log for all who follow it in this thread: one subscription, each event sent and decoded once. It is read
 * as fast as the fastest asks. One that is slower by more than a bounded part has to read for itself again.
 */
export class LiveTail {
  readonly #subscribe: Subscribe;
  #feed: Feed | undefined;

  constructor(subscribe: Subscribe) {
    this.#subscribe = subscribe;
  }

  /**
   * Batches behind a position, for one who has caught up with the log there. Ends when the signal aborts, and where he is too slow or
   * stands too far back. Throws what ended the subscription.
   */
  async *follow(after: bigint | undefined, signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
    if (this.#feed?.ended !== false) this.#feed = new Feed(this.#subscribe, after);
    yield* this.#feed.follow(after, signal);
  }
}

/** One subscription and who shares it. */
class Feed {
  readonly #leaving = new AbortController();
  readonly #source: AsyncGenerator<Batch, void, undefined>;
  readonly #growth = new Growth();
  #events: RecordedEvent[] = [];
  #characters = 0;
  /** Events that were kept once and are no more. */
  #dropped = 0;
  /** Position of the newest of them; at first, where the subscription began. */
  #floor: bigint;
  #caughtUp = 0;
  #pulling = false;
  #followers = 0;
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
    // He has heard the first of it from his own subscription.
    let heard = Math.max(1, this.#caughtUp);
    this.#followers += 1;
    try {
      while (!signal.aborted && next >= this.#dropped) {
        // The server of this subscription may be behind the one that he has read from.
        const events = this.#events.slice(next - this.#dropped).filter(({ position }) => position > after);
        const caughtUp = this.#caughtUp > heard;
        next = this.#dropped + this.#events.length;
        heard = Math.max(heard, this.#caughtUp);
        if (events.length > 0 || caughtUp) yield { events, caughtUp };
        else if (this.#end !== undefined) throw this.#end.error;
        else {
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

  /** Takes the next batch, for all who wait. */
  async #pull(): Promise<void> {
    if (this.#pulling) return;
    this.#pulling = true;
    try {
      const { done, value } = await this.#source.next();
      if (done === true) this.#end ??= { error: new Error('the subscription has ended') };
      else this.#put(value);
    } catch (error) {
      this.#end ??= { error };
    }
    this.#pulling = false;
    this.#growth.announce();
  }

  /** Who asked for it has taken everything before: of that, what is too much goes. */
  #put({ events, caughtUp }: Batch): void {
    const before = this.#events.length;
    for (const event of events) {
      this.#events.push(event);
      this.#characters += sizeOf(event);
    }
    let gone = 0;
    while (gone < before && (this.#events.length - gone > KEPT_EVENTS || this.#characters > KEPT_CHARACTERS)) {
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
    this.#end ??= { error: new Error('nobody follows it any more') };
    this.#leaving.abort();
    void this.#source.return().catch(() => undefined);
  }
}

function sizeOf({ data, metadata }: RecordedEvent): number {
  return data.length + metadata.length;
}
