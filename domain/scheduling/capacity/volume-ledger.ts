import type { VolumeDemand } from '../../jobs/job/volume.js';
import type { Cause } from './node-facts.js';

interface Holding {
  readonly node: number;
  holders: number;
  writers: number;
}

export interface VolumeDeletion {
  readonly cause: Cause;
  /** Whether `VolumeDropped` is in the plan log, so the volume remains only on its node. */
  readonly dropped: boolean;
}

export interface VolumeRecord {
  readonly name: string;
  readonly node: number | null;
  readonly closing?: VolumeDeletion;
}

export class VolumeLedger {
  readonly #homes = new Map<string, number>();
  readonly #held = new Map<string, Holding>();
  readonly #closing = new Map<string, VolumeDeletion>();
  readonly #lost = new Map<string, Map<string, boolean>>();

  nodeOf(name: string): number | undefined {
    return this.#held.get(name)?.node ?? this.#homes.get(name);
  }

  closingOf(name: string): VolumeDeletion | undefined {
    return this.#closing.get(name);
  }

  isHeld(name: string): boolean {
    return this.#held.has(name);
  }

  isElsewhere(name: string, node: number): boolean {
    return this.#closing.has(name) || (this.nodeOf(name) ?? node) !== node;
  }

  isFree({ name, writable }: VolumeDemand, node: number): boolean {
    if (this.isElsewhere(name, node)) return false;
    const holding = this.#held.get(name);
    if (holding !== undefined && (writable || holding.writers > 0)) return false;
    return this.lostHolderOf({ name, writable }) === undefined;
  }

  hold({ name, writable }: VolumeDemand, node: number): void {
    const holding = this.#held.get(name) ?? { node, holders: 0, writers: 0 };
    holding.holders += 1;
    if (writable) holding.writers += 1;
    this.#held.set(name, holding);
  }

  release({ name, writable }: VolumeDemand): void {
    const holding = this.#held.get(name);
    if (holding === undefined) return;
    holding.holders -= 1;
    if (writable) holding.writers -= 1;
    if (holding.holders === 0) this.#held.delete(name);
  }

  lostHolderOf({ name, writable }: VolumeDemand): string | undefined {
    for (const [allocationId, writes] of this.#lost.get(name) ?? [])
      if (writable || writes) return allocationId;
    return undefined;
  }

  holdLost({ name, writable }: VolumeDemand, allocationId: string): void {
    const holders = this.#lost.get(name) ?? new Map<string, boolean>();
    this.#lost.set(name, holders.set(allocationId, writable));
  }

  releaseLost(name: string, allocationId: string): void {
    const holders = this.#lost.get(name);
    if (holders?.delete(allocationId) === true && holders.size === 0) this.#lost.delete(name);
  }

  settle(name: string, node: number): void {
    this.#homes.set(name, node);
  }

  close(name: string, closing: VolumeDeletion): void {
    this.#closing.set(name, closing);
  }

  forget(name: string): void {
    this.#homes.delete(name);
    this.#closing.delete(name);
  }

  closings(): string[] {
    return [...this.#closing.keys()].sort();
  }

  records(): VolumeRecord[] {
    return [...new Set([...this.#homes.keys(), ...this.#closing.keys()])].sort().map((name) => {
      const closing = this.#closing.get(name);
      return { name, node: this.#homes.get(name) ?? null, ...(closing === undefined ? {} : { closing }) };
    });
  }
}
