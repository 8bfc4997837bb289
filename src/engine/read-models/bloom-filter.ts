const PROBES = 4;

/**
 * Records which keys were ever added, in a fixed amount of memory. Only absence is certain; other keys may or may not have been added. This saves a
 * read for each document that an event creates.
 */
export class BloomFilter {
  readonly #bits: Uint32Array;
  readonly #mask: number;
  #start = 0;
  #stride = 1;

  /** @param power base-2 logarithm of the number of bits. 24 (2 MiB) keeps false positives below 3 % for two million keys. */
  constructor(power = 24) {
    this.#bits = new Uint32Array(2 ** (power - 5));
    this.#mask = 2 ** power - 1;
  }

  add(kind: number, key: string): void {
    this.#hash(kind, key);
    for (let probe = 0, at = this.#start; probe < PROBES; probe += 1, at = (at + this.#stride) | 0) {
      const bit = at & this.#mask;
      this.#bits[bit >>> 5]! |= 1 << (bit & 31);
    }
  }

  isAbsent(kind: number, key: string): boolean {
    this.#hash(kind, key);
    for (let probe = 0, at = this.#start; probe < PROBES; probe += 1, at = (at + this.#stride) | 0) {
      const bit = at & this.#mask;
      if ((this.#bits[bit >>> 5]! & (1 << (bit & 31))) === 0) return true;
    }
    return false;
  }

  /** Computes two independent hashes in one pass: FNV-1a for the start, and an odd stride, so that the probes differ. Both are mixed at the end. */
  #hash(kind: number, key: string): void {
    let start = 0x811c9dc5 ^ kind;
    let stride = 0x9e3779b9 + kind;
    for (let index = 0; index < key.length; index += 1) {
      const code = key.charCodeAt(index);
      start = Math.imul(start ^ code, 0x01000193);
      stride = Math.imul(stride ^ code, 0x85ebca6b);
    }
    this.#start = Math.imul(start ^ (start >>> 15), 0x2c1b3c6d);
    this.#stride = Math.imul(stride ^ (stride >>> 13), 0x297a2d39) | 1;
  }
}
