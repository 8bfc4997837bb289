export const BLOCK_BYTES = 512;
export const TYPE_AT = 156;
export const SIZE_AT = 124;
export const SIZE_BYTES = 12;
/** Types of headers that precede the one of an entry: attributes of the pax format, and GNU's long names. */
const BEFORE_ENTRY = ['x', 'L', 'K'];

/** What compressed data begins with. The daemon decompresses an archive that begins like this, even if that is the name of its first entry. */
const COMPRESSED = [
  /^\x1f\x8b\x08/,
  /^BZh/,
  /^\xfd7zXZ\x00/,
  /^(?:\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)/,
];
export const COMPRESSED_BYTES = 6;

export const UNSUPPORTED_HEADERS = 'has headers that are not supported';

export function isCompressed(start: Buffer): boolean {
  return COMPRESSED.some((pattern) => pattern.test(start.toString('latin1', 0, COMPRESSED_BYTES)));
}

/** Holds the bytes of an archive that belong to no entry's content, until the next entry. */
export class HeaderBytes {
  #bytes = Buffer.alloc(0);
  #start = 0;

  /** @param from where the content of the last entry ends in the archive. Nothing before is held. */
  add(piece: Uint8Array, from: number): void {
    const end = this.#start + this.#bytes.length;
    const kept = Math.max(this.#start, Math.min(from, end));
    this.#bytes = Buffer.concat([this.#bytes.subarray(kept - this.#start), piece]);
    this.#start = kept;
  }

  between(from: number, to: number): Buffer {
    return this.#bytes.subarray(from - this.#start, to - this.#start);
  }
}

/** Explains why the daemon could read the headers of an entry in a different way than tar-stream does. The last block is the entry's own header. */
export function headersProblem(headers: Buffer): string | undefined {
  const seen = new Set<string>();
  for (let at = 0; at + BLOCK_BYTES <= headers.length;) {
    const block = headers.subarray(at, at + BLOCK_BYTES);
    if (isZero(block)) return 'comes after the end of the archive';
    if (at + BLOCK_BYTES === headers.length) return undefined;
    const type = String.fromCharCode(block[TYPE_AT] ?? 0);
    const isKnown = BEFORE_ENTRY.includes(type) && !seen.has(type);
    // Readers of both formats disagree about which one applies.
    const isMixed = seen.size > 0 && (type === 'x' || seen.has('x'));
    if (!isKnown || isMixed) break;
    seen.add(type);
    at += BLOCK_BYTES + inBlocks(octal(block.toString('latin1', SIZE_AT, SIZE_AT + SIZE_BYTES)));
  }
  return UNSUPPORTED_HEADERS;
}

export function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

export function inBlocks(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}

/** Returns infinity for what is not an octal number. */
export function octal(text: string): number {
  const [digits] = /^[0-7]+(?=[ \0]*$)/.exec(text.trimStart()) ?? [];
  return digits === undefined ? Number.POSITIVE_INFINITY : Number.parseInt(digits, 8);
}
