import { setImmediate as turn } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { callFailure } from './failure.js';
import { recordedEvent } from './recorded.js';
import type { Reading } from './wire.js';

export interface Batch {
  readonly events: readonly RecordedEvent[];
  readonly caughtUp: boolean;
}

const AHEAD_EVENTS = 1024;
const AHEAD_CHARACTERS = 2 * 1024 * 1024;

/**
 * Reads a subscription in batches: single events if the reader is faster than the log, large batches if it is slower. A limited number of events is
 * read ahead; the rest stay on the server. Ends without an error when the signal aborts; otherwise throws the subscription's error. Fails if the
 * server does not confirm the subscription within `deadlineMs`.
 */
export async function* batches(
  reading: Reading,
  options: { clock: Clock; deadlineMs: number; signal: StopSignal },
): AsyncGenerator<Batch, void, undefined> {
  const { clock, deadlineMs, signal } = options;
  const ahead = new ReadAhead();
  const confirmed = new AbortController();
  const cancel = (): void => reading.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  void clock.sleep(deadlineMs, confirmed.signal).then(() => {
    if (!confirmed.signal.aborted)
      ahead.fail(callFailure(status.DEADLINE_EXCEEDED, 'the subscription was not confirmed in time'));
  });
  void pump();
  try {
    for (let batch = await ahead.take(); batch !== undefined; batch = await ahead.take()) yield batch;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    confirmed.abort();
    ahead.end();
    signal.removeEventListener('abort', cancel);
    cancel();
  }

  async function pump(): Promise<void> {
    try {
      for await (const answer of reading) {
        // Every call of `abort` creates an error with a stack trace, even if the signal was already aborted.
        if (!confirmed.signal.aborted) confirmed.abort();
        const event = recordedEvent(answer);
        if (event !== undefined) ahead.put(event);
        else if (answer.hasCaughtUp()) ahead.putCaughtUp();
        await ahead.room();
      }
      ahead.fail(new Error('the server ended the subscription'));
    } catch (error) {
      ahead.fail(error);
    }
  }
}

class ReadAhead {
  #batches: { events: RecordedEvent[]; caughtUp: boolean }[] = [];
  #events = 0;
  #characters = 0;
  #failure: { readonly error: unknown } | undefined;
  #ended = false;
  #taker: (() => void) | undefined;
  #putter: (() => void) | undefined;

  put(event: RecordedEvent): void {
    this.#open().events.push(event);
    this.#events += 1;
    this.#characters += event.data.length + event.metadata.length;
    this.#taker?.();
  }

  putCaughtUp(): void {
    this.#open().caughtUp = true;
    this.#taker?.();
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#taker?.();
    this.#putter?.();
  }

  end(): void {
    this.#ended = true;
    this.#taker?.();
    this.#putter?.();
  }

  /** Waits for the first event and one turn of the event loop, to batch events that arrive together. */
  async take(): Promise<Batch | undefined> {
    for (;;) {
      if (this.#ended) return undefined;
      const batch = this.#batches.shift();
      if (batch !== undefined) {
        if (this.#batches.length === 0) {
          this.#events = 0;
          this.#characters = 0;
          this.#putter?.();
        }
        return batch;
      }
      if (this.#failure !== undefined) throw this.#failure.error;
      await new Promise<void>((resolve) => {
        this.#taker = resolve;
      });
      this.#taker = undefined;
      await turn();
    }
  }

  async room(): Promise<void> {
    while (
      !this.#ended &&
      this.#failure === undefined &&
      (this.#events >= AHEAD_EVENTS || this.#characters >= AHEAD_CHARACTERS)
    ) {
      await new Promise<void>((resolve) => {
        this.#putter = resolve;
      });
      this.#putter = undefined;
    }
  }

  #open(): { events: RecordedEvent[]; caughtUp: boolean } {
    const last = this.#batches.at(-1);
    if (last !== undefined && !last.caughtUp) return last;
    const batch = { events: [], caughtUp: false };
    this.#batches.push(batch);
    return batch;
  }
}
