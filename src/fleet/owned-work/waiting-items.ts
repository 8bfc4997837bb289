import { backOff } from '#domain/kernel/back-off.js';
import type { Clock } from '#domain/kernel/ports/clock.js';

/** Delay before the retry after the first failure, in milliseconds. Doubles with each additional failure. */
const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 300_000;
/** Maximum delay after an attempt without effect: another server was first, but the read model does not show that yet. */
const MAX_IDLE_BACKOFF_MS = 10_000;
export const PARKED_AFTER = 8;

interface Waiting {
  readonly since: number;
  look: number;
  failures: number;
  idle: number;
  notBefore: number;
  /** Position of the last action, which the read model must reach before the next attempt. */
  until: bigint;
}

/** In-memory state of due items: how long they have been due, how often they failed, and when they are retried. */
export class WaitingItems {
  readonly #items = new Map<string, Waiting>();
  #look = 0;

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  beginLook(): void {
    this.#look += 1;
  }

  endLook(busy: ReadonlyMap<string, unknown>): void {
    for (const [id, item] of this.#items)
      if (item.look !== this.#look && !busy.has(id)) this.#items.delete(id);
  }

  /** Records that the item is due. Returns how long it has been due, in milliseconds. */
  see(id: string): number {
    const item = this.#of(id);
    item.look = this.#look;
    return this.clock.monotonic() - item.since;
  }

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

  failed(id: string): number {
    const item = this.#of(id);
    item.failures += 1;
    item.notBefore = this.clock.monotonic() + backoffAfter(item.failures, MAX_BACKOFF_MS);
    return item.failures;
  }

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

export function backoffAfter(times: number, longest: number): number {
  return backOff({ firstMs: FIRST_BACKOFF_MS, mostMs: longest })(times);
}
