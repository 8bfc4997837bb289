import type { MongoClient } from 'mongodb';

/**
 * A client for as long as the process lives. The driver can lose sight of a server for ever: seen with mongodb 7.8, whose monitor stood still after its server had gone
 * and come back on a busy machine, so that each command failed as if it were still away. So where no server is found another client looks too, and takes the place
 * of the first if it finds one.
 */
export class LastingClient {
  readonly #make: () => MongoClient;
  #client: MongoClient;
  #looking = false;
  #closed = false;

  /** @param make a client that connects with its first command. */
  constructor(make: () => MongoClient) {
    this.#make = make;
    this.#client = make();
  }

  get client(): MongoClient {
    return this.#client;
  }

  /** Is told what a command failed with. */
  heed(error: unknown): void {
    if (this.#looking || this.#closed || !(error instanceof Error) || error.name !== 'MongoServerSelectionError') return;
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
        // It is away indeed: the next who asks is told, and looks again.
        () => false,
      );
    const useless = found && !this.#closed ? this.#client : other;
    if (useless !== other) this.#client = other;
    await useless.close().catch(() => undefined);
  }
}
