import { crc32 } from 'node:zlib';

const NEWLINE = 10;
/** Of the checksum, in hexadecimal digits, and the blank after it. */
const PREFIX_BYTES = 9;

/** A line of a log, of entries in JSON: a checksum, then all of them as one array. */
export function lineOf(entries: readonly string[]): Buffer {
  const json = `[${entries.join()}]`;
  return Buffer.from(`${checksum(json)} ${json}\n`);
}

/** A line that is as it was written, or one that is not. */
export type ReadLine = { readonly value: unknown } | { readonly damaged: Buffer };

export interface ReadLines {
  readonly lines: readonly ReadLine[];
  /** Bytes up to the end of the last line that is as it was written. What follows it was never whole. */
  readonly whole: number;
}

/**
 * Reads what {@link lineOf} wrote. After the last good line comes what a crash left of a write: it is no line. A bad line before
 * a good one was whole once, and is told.
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
      // Its checksum says that it was written by `lineOf`.
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
