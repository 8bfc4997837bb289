const PROBES = 4;

/**
 * Remembers which keys were ever added, in a fixed amount of memory: a Bloom filter. What it calls absent is absent; what it
 * calls possible may be absent all the same. It spares a read for each document that an event makes.
 */
export class Absence {
  readonly #bits: Uint32Array;
  readonly #mask: number;

  /** @param power two to this power is the number of bits; 24 (2 MiB) keeps false alarms under 3 % for two million keys. */
  constructor(power = 24) {
    this.#bits = new Uint32Array(2 ** (power - 5));
    this.#mask = 2 ** power - 1;
  }

  add(key: string): void {
    const [first, step] = hashes(key);
    for (let probe = 0, at = first; probe < PROBES; probe += 1, at = (at + step) >>> 0) {
      const bit = at & this.#mask;
      this.#bits[bit >>> 5]! |= 1 << (bit & 31);
    }
  }

  isAbsent(key: string): boolean {
    const [first, step] = hashes(key);
    for (let probe = 0, at = first; probe < PROBES; probe += 1, at = (at + step) >>> 0) {
      const bit = at & this.#mask;
      if ((this.#bits[bit >>> 5]! & (1 << (bit & 31))) === 0) return true;
    }
    return false;
  }
}

/** Two independent 32-bit hashes: FNV-1a and a multiplicative one, each mixed at the end. */
function hashes(key: string): readonly [number, number] {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let index = 0; index < key.length; index += 1) {
    const code = key.charCodeAt(index);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
  }
  a ^= a >>> 15;
  b ^= b >>> 13;
  return [Math.imul(a, 0x2c1b3c6d) >>> 0, (Math.imul(b, 0x297a2d39) | 1) >>> 0];
}
