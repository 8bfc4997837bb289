import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { AppendResult } from '#domain/kernel/ports/event-store.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { MAX_IMPORTED_BYTES } from '../append-bounds.js';
import { AppendNotifications } from '../append-notifications.js';
import type { SharedHead } from './shared-head.js';
import type { WireError, WriteMessage, WriteRequest, WriterMessage } from './writer/messages.js';

/** Limits of one client's pending appends. Further appends are refused immediately, because they would only wait. */
export interface QueueBounds {
  readonly appends: number;
  readonly bytes: number;
}

/** One imported event always fits. */
export const QUEUE_BOUNDS: QueueBounds = { appends: 4096, bytes: MAX_IMPORTED_BYTES };

type WithoutToken<Request> = Request extends WriteRequest ? Omit<Request, 'token'> : never;

interface Pending {
  readonly bytes: number;
  readonly answer: (result: AppendResult) => void;
  readonly refuse: (error: MusterError) => void;
}

export class WriterClient {
  readonly #port: MessagePort;
  readonly #slot: number;
  readonly #head: SharedHead;
  readonly #bounds: QueueBounds;
  readonly #growth = new AppendNotifications();
  readonly #pending = new Map<number, Pending>();
  readonly #onFatal: (error: MusterError) => void;
  #pendingBytes = 0;
  #outbox: WriteRequest[] = [];
  #tokens = 0;
  #ended: MusterError | undefined;
  #drained: (() => void) | undefined;
  #closed = false;

  constructor(
    port: MessagePort,
    slot: number,
    head: SharedHead,
    bounds: QueueBounds,
    onFatal: (error: MusterError) => void,
  ) {
    this.#port = port;
    this.#slot = slot;
    this.#head = head;
    this.#bounds = bounds;
    this.#onFatal = onFatal;
    port.on('message', (message: WriterMessage) => {
      this.#receive(message);
    });
    port.on('close', () => {
      this.#fail(writerGone());
      this.#growth.close();
    });
    port.unref();
  }

  send(request: WithoutToken<WriteRequest>, bytes: number): Promise<AppendResult> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (this.#pending.size >= this.#bounds.appends || this.#pendingBytes + bytes > this.#bounds.bytes) {
      return Promise.reject(new MusterError('MUSTER_E_STORE_BUSY', { queued: this.#pending.size }));
    }
    return new Promise((answer, refuse) => {
      const token = (this.#tokens += 1);
      this.#pending.set(token, { bytes, answer, refuse });
      this.#pendingBytes += bytes;
      if (this.#outbox.length === 0) setImmediate(this.#flush);
      this.#outbox.push({ token, ...request });
      this.#hold();
    });
  }

  async grown(position: number, signal: StopSignal | undefined): Promise<boolean> {
    for (;;) {
      if (signal?.aborted === true || this.#growth.closed) return false;
      this.#head.waitFor(this.#slot);
      if (this.#head.position > position) return true;
      const next = this.#growth.next(signal);
      this.#hold();
      const grown = await next;
      this.#hold();
      if (!grown) return false;
    }
  }

  async drain(): Promise<void> {
    this.#ended ??= new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'closed' });
    if (this.#pending.size > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    this.#growth.close();
  }

  closedInOrder(): boolean {
    // The exit of a thread may be reported before its last message.
    for (
      let last = receiveMessageOnPort(this.#port);
      last !== undefined;
      last = receiveMessageOnPort(this.#port)
    ) {
      this.#receive(last.message as WriterMessage);
    }
    return this.#closed;
  }

  readonly #flush = (): void => {
    const requests = this.#outbox;
    this.#outbox = [];
    if (requests.length > 0) this.#port.postMessage({ requests } satisfies WriteMessage);
  };

  #receive(message: WriterMessage): void {
    switch (message.kind) {
      case 'answers':
        this.#settle(message.answers, message.refusals);
        break;
      case 'fatal': {
        const error = unwire(message.error);
        this.#fail(error);
        this.#onFatal(error);
        break;
      }
      case 'closed':
        this.#closed = true;
        break;
      case 'grown':
      case 'open':
      case 'failed':
        break;
    }
    this.#growth.announce();
    this.#hold();
  }

  #settle(answers: readonly number[], refusals: readonly (WireError & { readonly token: number })[]): void {
    for (let n = 0; n < answers.length; n += 3) {
      this.#take(answers[n] ?? 0)?.answer({
        revision: answers[n + 1] ?? 0,
        position: BigInt(answers[n + 2] ?? 0),
      });
    }
    for (const refusal of refusals) this.#take(refusal.token)?.refuse(unwire(refusal));
    if (this.#pending.size === 0) this.#drained?.();
  }

  #take(token: number): Pending | undefined {
    const pending = this.#pending.get(token);
    this.#pending.delete(token);
    this.#pendingBytes -= pending?.bytes ?? 0;
    return pending;
  }

  /** Pending requests may or may not have been written. */
  #fail(error: MusterError): void {
    this.#ended ??= error;
    this.#outbox = [];
    for (const token of [...this.#pending.keys()]) this.#take(token)?.refuse(error);
    this.#drained?.();
    this.#hold();
  }

  #hold(): void {
    if (this.#pending.size > 0 || this.#growth.waiting > 0) this.#port.ref();
    else this.#port.unref();
  }
}

export function unwire({ code, fields }: WireError): MusterError {
  return new MusterError(code, fields);
}

export function writerGone(): MusterError {
  return new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'the writer has ended' });
}
