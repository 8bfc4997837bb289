import { setMaxListeners } from 'node:events';
import { backOff } from '#domain/kernel/back-off.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type {
  EventFilter,
  RecordedEvent,
  SubscribeOptions,
  SubscriptionMessage,
} from '#domain/kernel/ports/event-store.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { isSystemEvent } from '#src/engine/event-store/index.js';
import { batches, type Batch } from './batches.js';
import { eitherSignal } from './either-signal.js';
import { isPassing, isSilence, isUnexplained, storeError } from './failure.js';
import { LiveTail } from './live-tail.js';
import type { LogGuard } from './log-guard.js';
import { matchesFilter } from './recorded.js';
import { logSubscription } from './requests.js';
import type { SharedTail } from './shared-tail.js';
import type { StoreUrl } from './store-url.js';
import { createStoreClient } from './wire.js';
import type { StoreClient } from './wire.js';
import type { ReadMessage } from './wire-stubs.js';

export interface SubscriptionsOptions {
  readonly url: StoreUrl;
  readonly guard: Pick<LogGuard, 'saw' | 'fail'>;
  readonly clock: Clock;
  /** Milliseconds within which the server must confirm a subscription. */
  readonly deadlineMs: number;
  readonly openCalls: number;
  readonly head: () => Promise<bigint | undefined>;
  readonly check: () => Promise<void>;
  /** The live end of the log as another thread of this process reads it. If undefined, this thread subscribes to it. */
  readonly shared?: SharedTail | undefined;
  readonly onInterruption?: ((interruption: Interruption) => void) | undefined;
}

export interface Interruption {
  readonly problem: string;
  readonly failures: number;
  readonly retryInMs: number;
}

const retryDelay = backOff({ firstMs: 50, mostMs: 2_000 });
const UNEXPLAINED_FAILURES = 8;

/** The subscriptions of one store, on separate connections, so that a slow reader does not delay appends. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #closing = new AbortController();
  readonly #clients: { readonly client: StoreClient; open: number }[] = [];
  readonly tail: LiveTail;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    const { shared } = options;
    this.tail = new LiveTail((after, signal) =>
      shared === undefined
        ? this.#batches(logSubscription(after, undefined), signal)
        : this.#guarded(shared.follow(after, signal)),
    );
    // One listener per subscription is expected, not a leak.
    setMaxListeners(0, this.#closing.signal);
  }

  /** The start position is determined by this call, not by the first read. */
  follow({ after, filter, signal }: SubscribeOptions): AsyncIterable<SubscriptionMessage> {
    const start = after === 'end' ? this.#options.head() : Promise.resolve(after);
    start.catch(() => undefined);
    return this.#until(signal, (either) => this.#messages(start, filter, either));
  }

  close(): void {
    this.#closing.abort();
    this.#options.shared?.close();
    for (const { client } of this.#clients.splice(0)) client.close();
  }

  async *#until(
    signal: StopSignal | undefined,
    follow: (signal: AbortSignal) => AsyncGenerator<SubscriptionMessage, void, undefined>,
  ): AsyncGenerator<SubscriptionMessage, void, undefined> {
    const either = eitherSignal(this.#closing.signal, signal);
    try {
      yield* follow(either.signal);
    } finally {
      either.release();
    }
  }

  /** Resumes after the last position whenever the connection fails, until the signal aborts. */
  async *#messages(
    start: Promise<bigint | undefined>,
    filter: EventFilter | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<SubscriptionMessage, void, undefined> {
    let located = false;
    let checked = false;
    let at: bigint | undefined;
    let failures = 0;
    while (!signal.aborted) {
      try {
        if (!located) {
          at = await (failures === 0 ? start : start.catch(() => this.#options.head()));
          located = true;
        }
        if (!checked) {
          if (failures > 0 || at !== undefined) await this.#checkStart(at);
          checked = true;
        } else if (failures > 0) await this.#options.check();
        for await (const message of this.#attempt(at, filter, signal)) {
          if (signal.aborted) return;
          failures = 0;
          if (message.kind === 'events') at = message.events.at(-1)?.position ?? at;
          else if (message.kind === 'checkpoint') at = message.position;
          yield message;
        }
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        if (!isWorthRetrying(error, failures)) throw storeError(error);
        await this.#pause(error, failures, signal);
      }
    }
  }

  /** A server silently accepts a position beyond the end of its log, and then delivers events from below that position. */
  async #checkStart(at: bigint | undefined): Promise<void> {
    await this.#options.check();
    const head = at === undefined ? undefined : await this.#options.head();
    if (at !== undefined && (head === undefined || head < at))
      this.#options.guard.fail(
        `the log ends at position ${head ?? 'none'}, before ${at}, which was read earlier: an older backup was restored`,
      );
  }

  /**
   * If there is a filter, the past is read with the server's filter, but new events are filtered here: a server reports its position only every few
   * events, but readers that wait for a position must be notified of every position.
   */
  async *#attempt(
    after: bigint | undefined,
    filter: EventFilter | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<SubscriptionMessage, void, undefined> {
    let at = after;
    const head = filter === undefined ? undefined : await this.#options.head();
    if (head !== undefined && (at === undefined || at < head)) {
      for await (const { events, caughtUp } of this.#batches(logSubscription(at, filter), signal)) {
        const kept = events.filter((event) => matchesFilter(filter, event));
        at = advance(at, events);
        if (kept.length > 0) yield { kind: 'events', events: kept };
        if (caughtUp) break;
      }
      if (signal.aborted) return;
      if (at === undefined || at < head) {
        at = head;
        yield { kind: 'checkpoint', position: head };
      }
    }
    for await (const { events, caughtUp } of this.#live(at, signal)) {
      const kept = events.filter((event) => matchesFilter(filter, event));
      at = advance(at, events);
      if (kept.length > 0) yield { kind: 'events', events: kept };
      const own = events.findLast((event) => !isSystemEvent(event));
      if (own !== undefined && own !== kept.at(-1)) yield { kind: 'checkpoint', position: own.position };
      if (caughtUp) yield { kind: 'caughtUp' };
    }
  }

  /** Reads to the end of the log with its own subscription, then uses the shared one. If it falls behind, it uses its own subscription again. */
  async *#live(after: bigint | undefined, signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
    let at = after;
    while (!signal.aborted) {
      for await (const batch of this.#batches(logSubscription(at, undefined), signal)) {
        at = batch.events.at(-1)?.position ?? at;
        yield batch;
        if (batch.caughtUp) break;
      }
      for await (const batch of this.tail.follow(at, signal)) {
        at = batch.events.at(-1)?.position ?? at;
        yield batch;
      }
    }
  }

  async *#batches(message: ReadMessage, signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
    const { clock, deadlineMs } = this.#options;
    const place = this.#place();
    place.open += 1;
    try {
      yield* this.#guarded(batches(await place.client.read(message), { clock, deadlineMs, signal }));
    } catch (error) {
      // The connection is unresponsive, so the next subscription uses a different one.
      if (isSilence(error)) this.#drop(place);
      throw error;
    } finally {
      place.open -= 1;
    }
  }

  async *#guarded(source: AsyncIterable<Batch>): AsyncGenerator<Batch, void, undefined> {
    for await (const batch of source) {
      this.#options.guard.saw(batch.events);
      yield batch;
    }
  }

  #place(): { readonly client: StoreClient; open: number } {
    const free = this.#clients.find(({ open }) => open < this.#options.openCalls);
    if (free !== undefined) return free;
    const place = {
      client: createStoreClient({ url: this.#options.url, clock: this.#options.clock }),
      open: 0,
    };
    this.#clients.push(place);
    return place;
  }

  #drop(place: { readonly client: StoreClient }): void {
    const index = this.#clients.findIndex((each) => each === place);
    if (index < 0) return;
    this.#clients.splice(index, 1);
    place.client.retire();
  }

  async #pause(error: unknown, failures: number, signal: AbortSignal): Promise<void> {
    const retryInMs = retryDelay(failures);
    this.#options.onInterruption?.({ problem: storeError(error).message, failures, retryInMs });
    await this.#options.clock.sleep(retryInMs, signal);
  }
}

function isWorthRetrying(error: unknown, failures: number): boolean {
  if (error instanceof MusterError)
    return error.code === 'MUSTER_E_STORE_UNAVAILABLE' || error.code === 'MUSTER_E_STORE_BUSY';
  return isPassing(error) && !(isUnexplained(error) && failures >= UNEXPLAINED_FAILURES);
}

/** Returns the position after these events. Throws `MUSTER_E_STORE_CORRUPT` if they decrease, because the log was then restored from a backup. */
function advance(at: bigint | undefined, events: readonly RecordedEvent[]): bigint | undefined {
  for (const { position } of events) {
    if (at !== undefined && position <= at)
      throw new MusterError('MUSTER_E_STORE_CORRUPT', {
        problem: `position ${String(position)} arrived after ${String(at)}: the address now leads to another log`,
      });
    at = position;
  }
  return at;
}
