/**
 * Name-based UUIDs (version 5 of RFC 9562). Implemented here because planning derives tens of thousands per second. A test compares it to the `uuid`
 * package.
 */
export class UuidNamespace {
  readonly #bytes: readonly number[];

  constructor(namespace: string) {
    const bytes: number[] = [];
    for (let index = 0; index < namespace.length; index += 2) {
      if (namespace.charCodeAt(index) === HYPHEN) index += 1;
      bytes.push(
        (DIGITS[namespace.charCodeAt(index)] ?? 0) * 16 + (DIGITS[namespace.charCodeAt(index + 1)] ?? 0),
      );
    }
    this.#bytes = bytes;
  }

  of(name: string): string {
    const message = reserve(16 + name.length * 3 + 9 + 64);
    for (let index = 0; index < 16; index += 1) message[index] = this.#bytes[index]!;
    const length = writeUtf8(message, 16, name);
    digest(message, length);
    return format();
  }
}

const HYPHEN = 45;
const DIGITS: readonly (number | undefined)[] = Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? undefined : value;
});

let buffer = new Uint8Array(1024);
const schedule = new Int32Array(80);
const hash = new Int32Array(5);
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Returns a buffer that is shared between calls and used only within a call. Large buffers are not retained. */
function reserve(size: number): Uint8Array {
  if (size > 65_536) return new Uint8Array(size);
  if (size > buffer.length) buffer = new Uint8Array(size * 2);
  return buffer;
}

function writeUtf8(target: Uint8Array, start: number, text: string): number {
  let at = start;
  for (let index = 0; index < text.length; index += 1) {
    let point = text.charCodeAt(index);
    if (point < 0x80) {
      target[at++] = point;
      continue;
    }
    if (point >= 0xd800 && point < 0xe000) {
      point = text.codePointAt(index)!;
      if (point > 0xffff) index += 1;
      else point = 0xfffd;
    }
    if (point < 0x800) target[at++] = 0xc0 | (point >> 6);
    else {
      if (point < 0x10000) target[at++] = 0xe0 | (point >> 12);
      else {
        target[at++] = 0xf0 | (point >> 18);
        target[at++] = 0x80 | ((point >> 12) & 63);
      }
      target[at++] = 0x80 | ((point >> 6) & 63);
    }
    target[at++] = 0x80 | (point & 63);
  }
  return at;
}

function digest(message: Uint8Array, length: number): void {
  const end = ((length + 8) >> 6) * 64 + 64;
  message[length] = 0x80;
  message.fill(0, length + 1, end);
  const bits = length * 8;
  for (let index = 0; index < 4; index += 1) message[end - 1 - index] = (bits >>> (8 * index)) & 255;
  message[end - 5] = Math.floor(bits / 2 ** 32) & 255;
  hash[0] = 0x67452301;
  hash[1] = 0xefcdab89;
  hash[2] = 0x98badcfe;
  hash[3] = 0x10325476;
  hash[4] = 0xc3d2e1f0;
  for (let block = 0; block < end; block += 64) compress(message, block);
}

function compress(message: Uint8Array, block: number): void {
  for (let index = 0; index < 16; index += 1) {
    const at = block + index * 4;
    schedule[index] =
      (message[at]! << 24) | (message[at + 1]! << 16) | (message[at + 2]! << 8) | message[at + 3]!;
  }
  for (let index = 16; index < 80; index += 1) {
    const word = schedule[index - 3]! ^ schedule[index - 8]! ^ schedule[index - 14]! ^ schedule[index - 16]!;
    schedule[index] = (word << 1) | (word >>> 31);
  }
  let a = hash[0]!;
  let b = hash[1]!;
  let c = hash[2]!;
  let d = hash[3]!;
  let e = hash[4]!;
  for (let index = 0; index < 80; index += 1) {
    let mixed: number;
    if (index < 20) mixed = ((b & c) | (~b & d)) + 0x5a827999;
    else if (index < 40) mixed = (b ^ c ^ d) + 0x6ed9eba1;
    else if (index < 60) mixed = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    else mixed = (b ^ c ^ d) + 0xca62c1d6;
    const next = (((a << 5) | (a >>> 27)) + mixed + e + schedule[index]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  hash[0] = (hash[0]! + a) | 0;
  hash[1] = (hash[1]! + b) | 0;
  hash[2] = (hash[2]! + c) | 0;
  hash[3] = (hash[3]! + d) | 0;
  hash[4] = (hash[4]! + e) | 0;
}

function format(): string {
  const one = hash[0]!;
  const two = (hash[1]! & 0xffff0fff) | 0x5000;
  const three = (hash[2]! & 0x3fffffff) | 0x80000000;
  const four = hash[3]!;
  return `${hex(one >>> 16)}${hex(one)}-${hex(two >>> 16)}-${hex(two)}-${hex(three >>> 16)}-${hex(three)}${hex(four >>> 16)}${hex(four)}`;
}

function hex(value: number): string {
  return HEX[(value >>> 8) & 255]! + HEX[value & 255]!;
}
