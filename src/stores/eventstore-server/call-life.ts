/** Tracks whether a call is still in use: `signal` aborts when the client disconnects or the server closes. */
export class CallLife {
  readonly #controller = new AbortController();
  readonly #closing: AbortSignal;
  readonly #abort = (): void => this.#controller.abort();

  constructor(call: { once(event: 'cancelled', listener: () => void): unknown }, closing: AbortSignal) {
    this.#closing = closing;
    call.once('cancelled', this.#abort);
    if (closing.aborted) this.#controller.abort();
    else closing.addEventListener('abort', this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  end(): void {
    this.#closing.removeEventListener('abort', this.#abort);
  }
}
