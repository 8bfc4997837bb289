const PROBES = 4;

/**
 * Remembers which keys were ever added, in a fixed amount of memory. What it calls absent is absent; what it
 * calls possible may be absent all the same. It spares a read for each document that an event makes.
 */
export class BloomFilter {
  readonly #bits: Uint32Array;
  readonly #mask: number;

  /** @param power two to this power is the number of bits; 24 (2 MiB) keeps false alarms under 3 % for two million keys. */
  constructor(power = 24) {
    this.#bits = new Uint32Array(2 ** (power - 5));
    this.#mask = 2 ** power - 1;
  }

  /** `kind` tells keys of different sorts apart. */
  add(kind: number, key: string): void {
    const step = stride(kind, key);
    for (let probe = 0, at = start(kind, key); probe < PROBES; probe += 1, at = (at + step) | 0) {
      const bit = at & this.#mask;
      this.#bits[bit >>> 5]! |= 1 << (bit & 31);
    }
  }

  isAbsent(kind: number, key: string): boolean {
    const step = stride(kind, key);
    for (let probe = 0, at = start(kind, key); probe < PROBES; probe += 1, at = (at + step) | 0) {
      const bit = at & this.#mask;
      if ((this.#bits[bit >>> 5]! & (1 << (bit & 31))) === 0) return true;
    }
    return false;
  }
}

/** FNV-1a, mixed at the end. */
function start(kind: number, key: string): number {
  let hash = 0x811c9dc5 ^ kind;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
}

/** A second, independent hash; odd, so that the probes differ. */
function stride(kind: number, key: string): number {
  let hash = 0x9e3779b9 + kind;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 13), 0x297a2d39) | 1;
}
