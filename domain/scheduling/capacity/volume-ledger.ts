import type { VolumeDemand } from '../../job/volume.js';
import type { Cause } from './node-facts.js';

interface Holding {
  readonly node: number;
  holders: number;
  /** How many of them may write: then there is no other. */
  writers: number;
}

/** What was asked of a volume that is to be deleted. */
export interface VolumeDeletion {
  /** What it follows from. */
  readonly cause: Cause;
  /** The plan log let go of it: only its node still has it. */
  readonly dropped: boolean;
}

/** What of a volume outlives those who hold it. */
export interface VolumeRecord {
  readonly name: string;
  /** Number of its node in the ledger; null where it never was on one. */
  readonly node: number | null;
  readonly closing?: VolumeDeletion;
}

/** On which node each volume is, and who holds it: one that writes, or any number that read. Nodes by their number in the ledger. */
export class VolumeLedger {
  readonly #homes = new Map<string, number>();
  readonly #held = new Map<string, Holding>();
  readonly #closing = new Map<string, VolumeDeletion>();
  /** By name, then by the id of a lost allocation that may still hold the volume: whether it writes. */
  readonly #lost = new Map<string, Map<string, boolean>>();

  /** The node that it is on; undefined: it may come to be on any. */
  nodeOf(name: string): number | undefined {
    return this.#held.get(name)?.node ?? this.#homes.get(name);
  }

  closingOf(name: string): VolumeDeletion | undefined {
    return this.#closing.get(name);
  }

  isHeld(name: string): boolean {
    return this.#held.has(name);
  }

  /** Whatever is held or not: can it never be given on this node as things are? */
  isElsewhere(name: string, node: number): boolean {
    return this.#closing.has(name) || (this.nodeOf(name) ?? node) !== node;
  }

  /** Could it be held on this node now? */
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

  /** A lost allocation that may still use the volume in a way that excludes this use. */
  lostHolderOf({ name, writable }: VolumeDemand): string | undefined {
    for (const [allocationId, writes] of this.#lost.get(name) ?? []) if (writable || writes) return allocationId;
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

  /** From here on it is on that node, whether or not anybody holds it. */
  settle(name: string, node: number): void {
    this.#homes.set(name, node);
  }

  /** Nobody is given it any more. */
  close(name: string, closing: VolumeDeletion): void {
    this.#closing.set(name, closing);
  }

  /** It is gone: the next of that name is a new one. */
  forget(name: string): void {
    this.#homes.delete(name);
    this.#closing.delete(name);
  }

  /** Names of those that are to be deleted, in order. */
  closings(): string[] {
    return [...this.#closing.keys()].sort();
  }

  /** All that is known, by name. */
  records(): VolumeRecord[] {
    return [...new Set([...this.#homes.keys(), ...this.#closing.keys()])].sort().map((name) => {
      const closing = this.#closing.get(name);
      return { name, node: this.#homes.get(name) ?? null, ...(closing === undefined ? {} : { closing }) };
    });
  }
}
