import { crc32 } from 'node:zlib';

const NEWLINE = 10;
/** Length of the checksum in hexadecimal digits (eight) and a space. */
const PREFIX_BYTES = 9;

export function lineOf(entries: readonly string[]): Buffer {
  const json = `[${entries.join()}]`;
  return Buffer.from(`${checksum(json)} ${json}\n`);
}

export type ReadLine = { readonly value: unknown } | { readonly damaged: Buffer };

export interface ReadLines {
  readonly lines: readonly ReadLine[];
  /** Number of bytes up to the end of the last intact line. Anything after it was never written completely. */
  readonly whole: number;
}

/**
 * Reads the lines that {@link lineOf} wrote. A damaged line at the end is the remainder of a write that a crash interrupted, and is ignored. A
 * damaged line before an intact one was intact once, and is reported.
 */
export function readLines(bytes: Buffer): ReadLines {
  const lines: ReadLine[] = [];
  let counted = 0;
  let whole = 0;
  for (let from = 0; from < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, from);
    if (newline === -1) break;
    const line = bytes.subarray(from, newline);
    from = newline + 1;
    const json = line.subarray(PREFIX_BYTES);
    if (line.toString('latin1', 0, PREFIX_BYTES) === `${checksum(json)} `) {
      lines.push({ value: JSON.parse(json.toString()) as unknown });
      counted = lines.length;
      whole = from;
    } else lines.push({ damaged: line });
  }
  return { lines: lines.slice(0, counted), whole };
}

function checksum(json: string | Buffer): string {
  return crc32(json).toString(16).padStart(8, '0');
}
