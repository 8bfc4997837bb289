/** Lets commands run concurrently, but a clear only alone: no command is decided before a clear of this process and appended after it. */
export class ClearLock {
  #inside = 0;
  #clearing: Promise<void> | undefined;
  #emptied: (() => void) | undefined;

  /** Runs concurrently with others, after a clear in progress. */
  async shared<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#clearing !== undefined) await this.#clearing;
    this.#inside += 1;
    try {
      return await work();
    } finally {
      this.#inside -= 1;
      if (this.#inside === 0) this.#emptied?.();
    }
  }

  /** Runs exclusively: waits for running work and delays new work. */
  async alone<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#clearing !== undefined) await this.#clearing;
    let open = (): void => undefined;
    this.#clearing = new Promise((resolve) => (open = resolve));
    try {
      if (this.#inside > 0) await new Promise<void>((resolve) => (this.#emptied = resolve));
      return await work();
    } finally {
      this.#emptied = undefined;
      this.#clearing = undefined;
      open();
    }
  }
}
