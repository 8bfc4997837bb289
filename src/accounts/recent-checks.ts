import { LRUCache } from 'lru-cache';
import type { Clock } from '#domain/kernel/ports/clock.js';

const FRESH_MS = 1_000;
/** Maximum age, in milliseconds, of a result that is returned while a new check runs, so that a slow check does not delay requests. */
const USABLE_MS = 60_000;
const REMEMBERED = 10_000;

interface Result<Value> {
  readonly at: number;
  readonly value: Value;
}

/** Cache of check results, so that many requests within a second share one check. */
export class RecentChecks<Value extends object> {
  readonly #results = new LRUCache<string, Result<Value>>({ max: REMEMBERED });
  readonly #underWay = new Map<string, Promise<Value>>();

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly check: (key: string, former: Value | undefined) => Promise<Value>,
  ) {}

  /** Throws the errors of the check if there is no usable result. */
  async get(key: string): Promise<Value> {
    const known = this.#results.get(key);
    const age = known === undefined ? Number.POSITIVE_INFINITY : Math.abs(this.clock.now() - known.at);
    if (known === undefined || age >= USABLE_MS) return await this.#checked(key);
    if (age >= FRESH_MS) this.#checked(key).catch(() => undefined);
    return known.value;
  }

  clear(): void {
    this.#results.clear();
    this.#underWay.clear();
  }

  async #checked(key: string): Promise<Value> {
    const other = this.#underWay.get(key);
    if (other !== undefined) return await other;
    const at = this.clock.now();
    const checking = this.check(key, this.#results.get(key)?.value);
    this.#underWay.set(key, checking);
    try {
      const value = await checking;
      if (this.#underWay.get(key) === checking) this.#results.set(key, { at, value });
      return value;
    } finally {
      if (this.#underWay.get(key) === checking) this.#underWay.delete(key);
    }
  }
}
