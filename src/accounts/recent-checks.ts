import { LRUCache } from 'lru-cache';
import type { Clock } from '#domain/ports/clock.js';

/** How long (ms) a result is used without another check. */
const FRESH_MS = 1_000;
/** How long (ms) a result is used while another check is made: a check that takes long delays nobody. */
const USABLE_MS = 60_000;
/** Keys of which results are remembered. */
const REMEMBERED = 10_000;

interface Result<Value> {
  readonly at: number;
  readonly value: Value;
}

/** Results of checks that many requests, or slots, ask for in the same second: one check is made for all of them. */
export class RecentChecks<Value extends object> {
  readonly #results = new LRUCache<string, Result<Value>>({ max: REMEMBERED });
  readonly #underWay = new Map<string, Promise<Value>>();

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    /** `former`: the newest result of the key, however old. */
    private readonly check: (key: string, former: Value | undefined) => Promise<Value>,
  ) {}

  /** The result for a key. Errors: those of the check, where there is no result that can be used. */
  async get(key: string): Promise<Value> {
    const known = this.#results.get(key);
    const age = known === undefined ? Number.POSITIVE_INFINITY : Math.abs(this.clock.now() - known.at);
    if (known === undefined || age >= USABLE_MS) return await this.#checked(key);
    // A failure is told to those who wait for a check.
    if (age >= FRESH_MS) this.#checked(key).catch(() => undefined);
    return known.value;
  }

  /** Forgets all results: what they follow from has changed. */
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
      // One that was begun before a change is not remembered.
      if (this.#underWay.get(key) === checking) this.#results.set(key, { at, value });
      return value;
    } finally {
      if (this.#underWay.get(key) === checking) this.#underWay.delete(key);
    }
  }
}
