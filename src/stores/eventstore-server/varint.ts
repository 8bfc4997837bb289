/** Protobuf's variable-length integers: seven bits per byte, lowest first. */

const MORE = 0x80;

/** Returns the encoded length of an integer from 0 to 2^53 − 1, in bytes. */
export function sizeOfVarint(value: number): number {
  let size = 1;
  for (let left = value; left >= MORE; left = Math.floor(left / MORE)) size += 1;
  return size;
}

/** Writes an integer from 0 to 2^53 − 1. Returns the next offset. */
export function writeVarint(buffer: Uint8Array, start: number, value: number): number {
  let at = start;
  let left = value;
  while (left >= MORE) {
    buffer[at] = (left % MORE) + MORE;
    left = Math.floor(left / MORE);
    at += 1;
  }
  buffer[at] = left;
  return at + 1;
}

/** Writes a uint64. Returns the next offset. */
export function writeBigVarint(buffer: Uint8Array, start: number, value: bigint): number {
  let at = start;
  let left = value;
  while (left >= 0x80n) {
    buffer[at] = Number(left & 0x7fn) + MORE;
    left >>= 7n;
    at += 1;
  }
  buffer[at] = Number(left);
  return at + 1;
}
