import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import type { LogWrite } from './log-source.js';

/** Bytes of one entry: the end of a write, relative to its part, and its time in milliseconds since the Unix epoch, as doubles. */
export const WRITE_BYTES = 16;
const MAX_RETURNED = 4096;
const entry = Buffer.alloc(WRITE_BYTES);

/** Adds an entry. A missing entry does little harm, because the next one includes its bytes. */
export function addWrite(file: number, end: number, time: number): void {
  entry.writeDoubleLE(end, 0);
  entry.writeDoubleLE(time, 8);
  try {
    writeSync(file, entry);
  } catch {
    // The disk is full.
  }
}

/**
 * Returns the writes of the part from `start` on that end after `position`, at most 4096. Each ends at a whole number of bytes, after the one before:
 * entries of a damaged file that do not are left out, because a reader that followed them would read nothing, again and again.
 */
export function writesFrom(file: string, start: number, position: number): LogWrite[] {
  return reading(file, [], (descriptor, count) => {
    const first = firstIndex(descriptor, count, ({ end }) => start + end > position);
    const block = Buffer.alloc(Math.min(count - first, MAX_RETURNED) * WRITE_BYTES);
    readSync(descriptor, block, 0, block.length, first * WRITE_BYTES);
    const writes: LogWrite[] = [];
    for (let index = 0; index < block.length / WRITE_BYTES; index += 1) {
      const { end, time } = entryIn(block, index);
      if (Number.isSafeInteger(end) && start + end > (writes.at(-1)?.end ?? position))
        writes.push({ end: start + end, time: Number.isNaN(time) ? undefined : time });
    }
    return writes;
  });
}

/** Returns the time of the first write. Undefined if no times were recorded. */
export function firstWrite(file: string): number | undefined {
  return reading(file, undefined, (descriptor, count) => {
    const { time } = count === 0 ? { time: Number.NaN } : entryAt(descriptor, 0);
    return Number.isNaN(time) ? undefined : time;
  });
}

/** Returns the last write before a time. Its end is relative to the part. */
export function lastWrite(
  file: string,
  before: number,
): { readonly end: number; readonly time: number } | undefined {
  return reading(file, undefined, (descriptor, count) => {
    const next = firstIndex(descriptor, count, ({ time }) => time >= before);
    const found = next === 0 ? undefined : entryAt(descriptor, next - 1);
    return found === undefined || Number.isNaN(found.time) || !Number.isSafeInteger(found.end)
      ? undefined
      : found;
  });
}

function reading<Result>(
  file: string,
  absent: Result,
  read: (descriptor: number, count: number) => Result,
): Result {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return absent;
  }
  try {
    return read(descriptor, Math.floor(fstatSync(descriptor).size / WRITE_BYTES));
  } finally {
    closeSync(descriptor);
  }
}

/** Returns the index of the first entry for which `isReached` holds. It holds for all entries after that one too. */
function firstIndex(
  descriptor: number,
  count: number,
  isReached: (write: { readonly end: number; readonly time: number }) => boolean,
): number {
  let [lower, upper] = [0, count];
  while (lower < upper) {
    const middle = Math.floor((lower + upper) / 2);
    if (isReached(entryAt(descriptor, middle))) upper = middle;
    else lower = middle + 1;
  }
  return lower;
}

function entryAt(descriptor: number, index: number): { readonly end: number; readonly time: number } {
  const block = Buffer.alloc(WRITE_BYTES);
  readSync(descriptor, block, 0, WRITE_BYTES, index * WRITE_BYTES);
  return entryIn(block, 0);
}

function entryIn(block: Buffer, index: number): { readonly end: number; readonly time: number } {
  return {
    end: block.readDoubleLE(index * WRITE_BYTES),
    time: block.readDoubleLE(index * WRITE_BYTES + 8),
  };
}
