/** Runs commands concurrently, but clears exclusively. So within this process, no command is decided before a clear and appended after it. */
export class ClearLock {
  #inside = 0;
  #clearing: Promise<void> | undefined;
  #emptied: (() => void) | undefined;

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
