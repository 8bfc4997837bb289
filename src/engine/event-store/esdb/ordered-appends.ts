import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { backOff } from '#domain/kernel/back-off.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { AppendRequest, AppendResult } from '#domain/kernel/ports/event-store.js';
import { outcomeOf, storeError } from './failure.js';
import { batchMessage, correlationOf } from './requests.js';
import type { BatchCall, StoreClient } from './wire.js';
import type { BatchResult } from './wire-stubs.js';

const MAX_ATTEMPTS = 6;
const retryDelay = backOff({ firstMs: 200 });

interface Pending {
  readonly request: AppendRequest;
  readonly correlation: string;
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
  #call: Promise<BatchCall> | undefined;
  #failures = 0;
  #last = -1n;
  #failed: MusterError | undefined;

  constructor(
    private readonly client: StoreClient,
    private readonly clock: Pick<Clock, 'now' | 'sleep'>,
  ) {}

  append(request: AppendRequest): Promise<AppendResult> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      const pending: Pending = { request, correlation: randomUUID(), resolve, reject };
      this.#pending.push(pending);
      if (this.#call === undefined) this.#begin();
      // All appends wait for the same call, so they are sent in order. A repeated call sends all pending appends itself.
      else void this.#call.then((call) => this.#send(call, pending)).catch(() => undefined);
    });
  }

  close(): void {
    void this.#call?.then((call) => call.cancel()).catch(() => undefined);
    this.client.close();
  }

  #begin(): void {
    const calling = this.client.appendBatches();
    // Pending appends must be sent before the appends that wait for the call.
    const opened = calling.then((call) => {
      call.on('data', (answer: BatchResult) => this.#answered(answer));
      call.on('error', (error: unknown) => void this.#broke(opened, error));
      call.on('end', () => void this.#broke(opened, new Error('the server ended the call')));
      for (const pending of before) this.#send(call, pending);
      return call;
    });
    const before = [...this.#pending];
    this.#call = opened;
    opened.catch((error: unknown) => void this.#broke(opened, error));
  }

  #answered(answer: BatchResult): void {
    const place = this.#pending.findIndex(({ correlation }) => correlation === correlationOf(answer));
    const pending = this.#pending[place];
    if (pending === undefined) return;
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

  async #broke(call: Promise<BatchCall>, error: unknown): Promise<void> {
    if (call !== this.#call || this.#failed !== undefined) return;
    this.#call = undefined;
    this.#failures += 1;
    if (outcomeOf(error) === 'refused' || this.#failures >= MAX_ATTEMPTS) {
      this.#fail(storeError(error));
      return;
    }
    // Repeated appends return their true positions, so the order is checked again.
    for (const pending of this.#pending) delete pending.result;
    await this.clock.sleep(retryDelay(this.#failures));
    if (this.#pending.length > 0 && this.#call === undefined && this.#failed === undefined) this.#begin();
  }

  #send(call: BatchCall, { request, correlation }: Pending): void {
    call.write(batchMessage(correlation, request, this.clock.now()));
  }

  /** After an append has failed, later appends must not be written. */
  #fail(error: MusterError): void {
    this.#failed = error;
    this.close();
    for (const pending of this.#pending.splice(0)) pending.reject(error);
  }
}

function failureOf({ stream, expected }: AppendRequest, code: number, message: string): MusterError {
  if (code === (status.ALREADY_EXISTS as number))
    return new MusterError('MUSTER_E_WRONG_REVISION', { stream, actual: 'another revision', expected });
  return new MusterError('MUSTER_E_STORE_UNAVAILABLE', {
    problem: `${status[code] ?? String(code)}: ${message}`,
  });
}
