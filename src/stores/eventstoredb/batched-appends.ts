import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { AppendRequest } from '#domain/kernel/ports/event-store.js';
import { callFailure } from './failure.js';
import { batchMessage, correlationOf } from './requests.js';
import type { BatchCall, StoreClient } from './wire.js';
import type { BatchResult } from './wire-stubs.js';

interface Pending {
  readonly sentAt: number;
  readonly resolve: (answer: BatchResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends appends over one call that stays open, because a call of its own takes three times as much processor time for each, here and on the server.
 * If the call breaks or does not answer in time, the outcome of all its appends is unknown, and the next append opens another one.
 */
export class BatchedAppends {
  readonly #pending = new Map<string, Pending>();
  readonly #closing = new AbortController();
  #call: Promise<BatchCall> | undefined;
  #isWatched = false;

  constructor(
    private readonly client: Pick<StoreClient, 'appendBatches'>,
    private readonly clock: Pick<Clock, 'now' | 'monotonic' | 'sleep'>,
    private readonly deadlineMs: number,
  ) {}

  /** Resolves with the server's answer, which may be an error. Rejects if there is none within the deadline. */
  async append(request: AppendRequest): Promise<BatchResult> {
    if (this.#closing.signal.aborted) throw callFailure(status.UNAVAILABLE, 'the call was ended');
    const opening = (this.#call ??= this.#open());
    const call = await opening;
    // It may have ended while this append waited for it.
    if (this.#call !== opening) return await this.append(request);
    return await new Promise((resolve, reject) => {
      const correlation = randomUUID();
      this.#pending.set(correlation, { sentAt: this.clock.monotonic(), resolve, reject });
      call.write(batchMessage(correlation, request, this.clock.now()));
      if (!this.#isWatched) void this.#watch();
    });
  }

  /** The next append opens another call. The outcome of appends without an answer is then unknown. */
  renew(): void {
    this.#end(callFailure(status.UNAVAILABLE, 'the call was ended'));
  }

  close(): void {
    this.#closing.abort();
    this.renew();
  }

  #open(): Promise<BatchCall> {
    const opening = this.client.appendBatches().then(
      (call) => {
        const ended = (error: unknown): void => {
          if (this.#call === opening) this.#end(error);
        };
        call.on('data', (answer: BatchResult) => this.#answered(answer));
        call.on('error', ended);
        call.on('end', () => ended(callFailure(status.UNAVAILABLE, 'the server ended the call')));
        return call;
      },
      (error: unknown) => {
        if (this.#call === opening) this.#call = undefined;
        throw error;
      },
    );
    return opening;
  }

  #answered(answer: BatchResult): void {
    const correlation = correlationOf(answer);
    const pending = this.#pending.get(correlation);
    this.#pending.delete(correlation);
    pending?.resolve(answer);
  }

  async #watch(): Promise<void> {
    this.#isWatched = true;
    for (let [oldest] = this.#pending.values(); oldest !== undefined; [oldest] = this.#pending.values()) {
      const leftMs = oldest.sentAt + this.deadlineMs - this.clock.monotonic();
      if (leftMs <= 0) this.#end(callFailure(status.DEADLINE_EXCEEDED, 'the server did not answer in time'));
      else await this.clock.sleep(leftMs, this.#closing.signal);
    }
    this.#isWatched = false;
  }

  #end(error: unknown): void {
    void this.#call?.then((call) => call.cancel()).catch(() => undefined);
    this.#call = undefined;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
