import type { StopSignal } from '#domain/kernel/ports/signal.js';

export class AppendNotifications {
  readonly #waiting = new Set<(grown: boolean) => void>();
  #closed = false;

  get waiting(): number {
    return this.#waiting.size;
  }

  get closed(): boolean {
    return this.#closed;
  }

  next(signal: StopSignal | undefined): Promise<boolean> {
    if (this.#closed || signal?.aborted === true) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (grown: boolean): void => {
        this.#waiting.delete(settle);
        signal?.removeEventListener('abort', onAbort);
        resolve(grown);
      };
      const onAbort = (): void => {
        settle(false);
      };
      this.#waiting.add(settle);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  announce(): void {
    for (const settle of [...this.#waiting]) settle(true);
  }

  close(): void {
    this.#closed = true;
    for (const settle of [...this.#waiting]) settle(false);
  }
}
