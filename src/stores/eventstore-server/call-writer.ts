import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';

/** Writes messages with backpressure: the log is read only as fast as the client consumes. A slow client costs no memory and loses nothing. */
export class CallWriter<Message> {
  readonly #call:
    | Pick<ServerWritableStream<unknown, Message>, 'write' | 'once' | 'off'>
    | ServerDuplexStream<unknown, Message>;
  readonly #signal: AbortSignal;

  constructor(
    call: ServerWritableStream<unknown, Message> | ServerDuplexStream<unknown, Message>,
    signal: AbortSignal,
  ) {
    this.#call = call;
    this.#signal = signal;
  }

  get closed(): boolean {
    return this.#signal.aborted;
  }

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
