import { status } from '@grpc/grpc-js';
import { backOff } from '#domain/kernel/back-off.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { AppendRequest, AppendResult } from '#domain/kernel/ports/event-store.js';
import { BatchedAppends } from './batched-appends.js';
import { outcomeOf, storeError } from './failure.js';
import { BATCH_DEADLINE_MS } from './requests.js';
import type { StoreClient } from './wire.js';
import type { BatchResult } from './wire-stubs.js';

const MAX_ATTEMPTS = 6;
const retryDelay = backOff({ firstMs: 200 });

interface Pending {
  readonly request: AppendRequest;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: MusterError) => void;
  result?: AppendResult;
}

/**
 * Keeps concurrent appends to many streams in order in the log: all of them use one call, which the server reads and writes in order. Intended for an
 * import with exclusive use of the log. A broken call is repeated, in the same order, with all appends that have no response yet. At exact revisions,
 * the store applies the same event ids only once.
 */
export class OrderedAppends {
  readonly #pending: Pending[] = [];
  /** Each attempt has its own, so that nothing that waited for a broken call is sent ahead of the repetition. Undefined between attempts. */
  #attempt: BatchedAppends | undefined;
  #failures = 0;
  #last = -1n;
  #failed: MusterError | undefined;

  constructor(
    private readonly client: StoreClient,
    private readonly clock: Pick<Clock, 'now' | 'monotonic' | 'sleep'>,
  ) {
    this.#begin();
  }

  append(request: AppendRequest): Promise<AppendResult> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      const pending: Pending = { request, resolve, reject };
      this.#pending.push(pending);
      if (this.#attempt !== undefined) this.#send(this.#attempt, pending);
    });
  }

  close(): void {
    this.#attempt?.close();
    this.client.close();
  }

  #begin(): void {
    this.#attempt = new BatchedAppends(this.client, this.clock, BATCH_DEADLINE_MS);
    for (const pending of this.#pending) this.#send(this.#attempt, pending);
  }

  #send(attempt: BatchedAppends, pending: Pending): void {
    void attempt.append(pending.request).then(
      (answer) => this.#answered(pending, answer),
      async (error: unknown) => await this.#broke(attempt, error),
    );
  }

  #answered(pending: Pending, answer: BatchResult): void {
    const failure = answer.getError();
    if (failure !== undefined) {
      this.#fail(failureOf(pending.request, failure.getCode(), failure.getMessage()));
      return;
    }
    this.#failures = 0;
    const success = answer.getSuccess();
    const position = success?.getPosition()?.getCommitPosition();
    pending.result = {
      revision: Number(success?.getCurrentRevision() ?? -1),
      position: position === undefined ? -1n : BigInt(position),
    };
    this.#settle();
  }

  #settle(): void {
    for (let first = this.#pending[0]; first?.result !== undefined; first = this.#pending[0]) {
      const { position } = first.result;
      // Events that were truncated in the meantime have no position.
      if (position >= 0n && position <= this.#last) {
        this.#fail(
          new MusterError('MUSTER_E_IMPORT_REFUSED', {
            problem: 'the store wrote the appends in a different order than they were sent in',
          }),
        );
        return;
      }
      if (position >= 0n) this.#last = position;
      this.#pending.shift();
      first.resolve(first.result);
    }
  }

  async #broke(attempt: BatchedAppends, error: unknown): Promise<void> {
    if (attempt !== this.#attempt || this.#failed !== undefined) return;
    attempt.close();
    this.#attempt = undefined;
    this.#failures += 1;
    if (outcomeOf(error) === 'refused' || this.#failures >= MAX_ATTEMPTS) {
      this.#fail(storeError(error));
      return;
    }
    // Repeated appends return their true positions, so the order is checked again.
    for (const pending of this.#pending) delete pending.result;
    await this.clock.sleep(retryDelay(this.#failures));
    this.#begin();
  }

  /** After an append has failed, later appends must not be written. */
  #fail(error: MusterError): void {
    this.#failed ??= error;
    this.close();
    for (const pending of this.#pending.splice(0)) pending.reject(error);
  }
}

function failureOf({ stream, expected }: AppendRequest, code: number, message: string): MusterError {
  if (code === (status.ALREADY_EXISTS as number))
    return new MusterError('MUSTER_E_WRONG_REVISION', { stream, actual: 'another revision', expected });
  if (code === (status.INVALID_ARGUMENT as number))
    return new MusterError('MUSTER_E_IMPORT_REFUSED', {
      problem: `the store refuses revision ${expected === 'no_stream' ? 0 : expected + 1} of stream ${stream}: ${message}`,
    });
  return new MusterError('MUSTER_E_STORE_UNAVAILABLE', {
    problem: `${status[code] ?? String(code)}: ${message}`,
  });
}
