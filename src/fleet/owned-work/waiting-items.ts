import type { Clock } from '#domain/ports/clock.js';

/** Milliseconds after the first failure; doubled with each. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 300_000;
/** The same where nothing came of it: another server did it, and the read model does not show that yet. */
const LONGEST_IDLE_PAUSE_MS = 10_000;
/** Failures in a row from which on an item counts as parked: it is tried on, seldom, and somebody should look. */
export const PARKED_AFTER = 8;

interface Waiting {
  /** Monotonic milliseconds. */
  readonly since: number;
  look: number;
  failures: number;
  idle: number;
  /** Monotonic milliseconds; 0: it was tried since, or need not wait. */
  notBefore: number;
  /** What was done about it stands here: the read model has to show it first. */
  until: bigint;
}

/** What this process remembers of items that are due: how long, how often they failed, and when they are tried again. Only in memory. */
export class WaitingItems {
  readonly #items = new Map<string, Waiting>();
  #look = 0;

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /** A new look at what is due begins. */
  beginLook(): void {
    this.#look += 1;
  }

  /** What this look did not see is due no more. `busy`: those are still dealt with. */
  endLook(busy: ReadonlyMap<string, unknown>): void {
    for (const [id, item] of this.#items) if (item.look !== this.#look && !busy.has(id)) this.#items.delete(id);
  }

  /** This look sees that the item is due. Answers for how many milliseconds that is known. */
  see(id: string): number {
    const item = this.#of(id);
    item.look = this.#look;
    return this.clock.monotonic() - item.since;
  }

  /** It may be dealt with now, where the read models stand at `position`. */
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

  /** Nothing came of it. */
  idle(id: string): void {
    const item = this.#of(id);
    item.failures = 0;
    item.idle += 1;
    item.notBefore = this.clock.monotonic() + pauseAfter(item.idle, LONGEST_IDLE_PAUSE_MS);
  }

  /** Answers how often in a row it has failed. */
  failed(id: string): number {
    const item = this.#of(id);
    item.failures += 1;
    item.notBefore = this.clock.monotonic() + pauseAfter(item.failures, LONGEST_PAUSE_MS);
    return item.failures;
  }

  /** Monotonic milliseconds: the earliest moment at which something that failed is to be tried again; it may have passed. */
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
      item = { since: this.clock.monotonic(), look: this.#look, failures: 0, idle: 0, notBefore: 0, until: -1n };
      this.#items.set(id, item);
    }
    return item;
  }
}

/** Milliseconds to wait after so many times in a row. */
export function pauseAfter(times: number, longest: number): number {
  return Math.min(longest, FIRST_PAUSE_MS * 2 ** Math.min(20, Math.max(0, times - 1)));
}
