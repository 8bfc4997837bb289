import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';

/**
 * The way out of a call, with back-pressure: nothing is read from the log while the client does not take what it has been sent, so a slow one costs
 * no memory and loses nothing; it is only late.
 */
export class CallWriter<Message> {
  readonly #call: Pick<ServerWritableStream<unknown, Message>, 'write' | 'once' | 'off'> | ServerDuplexStream<unknown, Message>;
  readonly #signal: AbortSignal;

  constructor(call: ServerWritableStream<unknown, Message> | ServerDuplexStream<unknown, Message>, signal: AbortSignal) {
    this.#call = call;
    this.#signal = signal;
  }

  get closed(): boolean {
    return this.#signal.aborted;
  }

  /** Resolves once more can be sent, or the call is over. */
  async write(message: Message): Promise<void> {
    if (this.#signal.aborted || this.#call.write(message)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#call.off('drain', done);
        this.#signal.removeEventListener('abort', done);
        resolve();
      };
      this.#call.once('drain', done);
      this.#signal.addEventListener('abort', done, { once: true });
    });
  }
}
