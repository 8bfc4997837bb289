import { MAX_LOST_ALLOCATIONS } from '../plan-log/lost-allocations.js';

/** Something on a node that only one allocation may hold: `port 8080`, `gpus 0`, `volume orders`. If `writable`, readers are excluded, too. */
export interface ExclusiveThing {
  readonly name: string;
  readonly writable: boolean;
}

export class LostHoldings {
  readonly #things = new Map<string, readonly ExclusiveThing[]>();
  readonly #holders = new Map<string, Map<string, boolean>>();

  add(allocationId: string, things: readonly ExclusiveThing[]): void {
    this.#things.set(allocationId, things);
    for (const { name, writable } of things) {
      const holders = this.#holders.get(name) ?? new Map<string, boolean>();
      this.#holders.set(name, holders.set(allocationId, writable));
    }
    const [oldest] = this.#things.keys();
    if (this.#things.size > MAX_LOST_ALLOCATIONS && oldest !== undefined) this.end(oldest);
  }

  end(allocationId: string): boolean {
    const things = this.#things.get(allocationId);
    if (things === undefined) return false;
    this.#things.delete(allocationId);
    for (const { name } of things) {
      const holders = this.#holders.get(name);
      if (holders?.delete(allocationId) === true && holders.size === 0) this.#holders.delete(name);
    }
    return true;
  }

  forget(name: string): void {
    this.#holders.delete(name);
  }

  /** Returns the first of these things that a lost allocation may still hold, together with that allocation. */
  conflict(
    things: readonly ExclusiveThing[],
  ): { readonly name: string; readonly allocationId: string } | undefined {
    for (const { name, writable } of things) {
      for (const [allocationId, writes] of this.#holders.get(name) ?? [])
        if (writable || writes) return { name, allocationId };
    }
    return undefined;
  }
}
