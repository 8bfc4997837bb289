import { backOff } from '#domain/kernel/back-off.js';
import type { Clock } from '#domain/kernel/ports/clock.js';

/** Milliseconds after the first failure; doubled with each further one. */
const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 300_000;
/** The same for attempts without effect: another server was first, and the read model does not show that yet. */
const MAX_IDLE_BACKOFF_MS = 10_000;
/** Failures in a row after which an item counts as parked: it is still retried, but rarely, and an operator should look at it. */
export const PARKED_AFTER = 8;

interface Waiting {
  /** Monotonic milliseconds. */
  readonly since: number;
  look: number;
  failures: number;
  idle: number;
  /** Monotonic milliseconds; 0 if it need not wait. */
  notBefore: number;
  /** Position of the last action; the read model must reach it first. */
  until: bigint;
}

/** In-memory state of due items: since when they are due, how often they failed, and when they are retried. */
export class WaitingItems {
  readonly #items = new Map<string, Waiting>();
  #look = 0;

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  beginLook(): void {
    this.#look += 1;
  }

  /** Items that this check did not see are no longer due. `busy`: items in progress stay. */
  endLook(busy: ReadonlyMap<string, unknown>): void {
    for (const [id, item] of this.#items)
      if (item.look !== this.#look && !busy.has(id)) this.#items.delete(id);
  }

  /** Records that the item is due. Returns for how many milliseconds it has been. */
  see(id: string): number {
    const item = this.#of(id);
    item.look = this.#look;
    return this.clock.monotonic() - item.since;
  }

  /** Whether the item may be processed when the read models are at `position`. */
  mayTry(id: string, position: bigint): boolean {
    const { notBefore, until } = this.#of(id);
    return notBefore <= this.clock.monotonic() && until <= position;
  }

  trying(id: string): void {
    this.#of(id).notBefore = 0;
  }

  settled(id: string, position: bigint): void {
    Object.assign(this.#of(id), { failures: 0, idle: 0, notBefore: 0, until: position });
  }

  idle(id: string): void {
    const item = this.#of(id);
    item.failures = 0;
    item.idle += 1;
    item.notBefore = this.clock.monotonic() + backoffAfter(item.idle, MAX_IDLE_BACKOFF_MS);
  }

  /** Returns the number of failures in a row. */
  failed(id: string): number {
    const item = this.#of(id);
    item.failures += 1;
    item.notBefore = this.clock.monotonic() + backoffAfter(item.failures, MAX_BACKOFF_MS);
    return item.failures;
  }

  /** Monotonic time in milliseconds of the earliest retry; it may have passed. */
  get nextTry(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { notBefore } of this.#items.values()) if (notBefore > 0 && notBefore < next) next = notBefore;
    return next;
  }

  get parked(): number {
    let parked = 0;
    for (const { failures } of this.#items.values()) if (failures >= PARKED_AFTER) parked += 1;
    return parked;
  }

  #of(id: string): Waiting {
    let item = this.#items.get(id);
    if (item === undefined) {
      item = {
        since: this.clock.monotonic(),
        look: this.#look,
        failures: 0,
        idle: 0,
        notBefore: 0,
        until: -1n,
      };
      this.#items.set(id, item);
    }
    return item;
  }
}

/** Back-off in milliseconds after this number of failures in a row. */
export function backoffAfter(times: number, longest: number): number {
  return backOff({ firstMs: FIRST_BACKOFF_MS, mostMs: longest })(times);
}
