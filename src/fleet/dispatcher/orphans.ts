import { backOff } from '#domain/kernel/back-off.js';

/** Delay before an agent is called again to stop an orphan, in milliseconds. */
const stopDelay = backOff({ firstMs: 30_000, mostMs: 3_600_000 });
const MOST = 1000;
const ALLOCATION_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

interface Noticed {
  readonly times: number;
  readonly notBefore: number;
}

const UNNOTICED: Noticed = { times: 0, notBefore: 0 };

export class Orphans {
  readonly #noticed = new Map<string, Noticed>();

  notice(allocationId: string, now: number): boolean {
    if (!ALLOCATION_ID.test(allocationId)) return false;
    const { times, notBefore } = this.#noticed.get(allocationId) ?? UNNOTICED;
    if (now < notBefore) return false;
    this.#noticed.delete(allocationId);
    const [oldest] = this.#noticed.size >= MOST ? this.#noticed.keys() : [];
    if (oldest !== undefined) this.#noticed.delete(oldest);
    this.#noticed.set(allocationId, {
      times: times + 1,
      notBefore: now + stopDelay(times + 1),
    });
    return true;
  }

  has(allocationId: string): boolean {
    return this.#noticed.has(allocationId);
  }

  clear(): void {
    this.#noticed.clear();
  }
}
