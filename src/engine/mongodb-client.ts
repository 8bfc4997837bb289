import type { MongoClient } from 'mongodb';

/**
 * A client for the lifetime of the process. The driver can lose a server permanently: with mongodb 7.8 on a busy machine, its monitor stopped after
 * the server had gone away and come back, and every command failed. If no server is found, a second client therefore also tries to connect, and
 * replaces the first if it succeeds.
 */
export class ReconnectingClient {
  readonly #make: () => MongoClient;
  #client: MongoClient;
  #looking = false;
  #closed = false;

  constructor(make: () => MongoClient) {
    this.#make = make;
    this.#client = make();
  }

  get client(): MongoClient {
    return this.#client;
  }

  reportError(error: unknown): void {
    if (
      this.#looking ||
      this.#closed ||
      !(error instanceof Error) ||
      error.name !== 'MongoServerSelectionError'
    )
      return;
    this.#looking = true;
    void this.#lookAgain().finally(() => (this.#looking = false));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client.close();
  }

  async #lookAgain(): Promise<void> {
    const other = this.#make();
    const found = await other
      .db('admin')
      .command({ ping: 1 })
      .then(
        () => true,
        // The server is really unreachable. The next error triggers another check.
        () => false,
      );
    const useless = found && !this.#closed ? this.#client : other;
    if (useless !== other) this.#client = other;
    await useless.close().catch(() => undefined);
  }
}
