import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { truncateFront } from './truncate-front.js';
import type { Gap, LogExtent, LogSource } from './follow.js';

export interface LogBounds {
  readonly maxBytes: number;
  /** Maximum disk usage of a stream, as a multiple of `maxBytes`. */
  readonly maxFiles: number;
}

/** Pauses the writer and returns a function that resumes it. Returns undefined if the writer cannot be paused. */
export type Pause = () => (() => void) | undefined;

export class LogGoneError extends Error {
  override readonly name = 'LogGoneError';
  constructor() {
    super('the log was removed while it was read');
  }
}

interface Part {
  readonly start: number;
  readonly size: number;
}

const BLOCK = 65_536;
const COPY_BLOCK = 1_048_576;

/**
 * One stream of a task's log: the live file, to which the task itself appends, and older parts in the same directory, named `FILE@START`. The task
 * holds the file open without a Muster process in between, so the log continues while no agent runs. Rotation copies the beginning of the file and
 * cuts it off (`truncate-front.ts`), which O_APPEND allows. A faster writer is paused while its file is copied and truncated. Beyond the limits,
 * parts are dropped from the middle: the first and newest remain. Positions count all bytes ever written, so gaps show how much was dropped.
 */
export class RotatedLog implements LogSource {
  readonly #file: string;
  readonly #bounds: LogBounds;
  #parts: Part[] = [];
  #base = 0;
  #end = 0;
  #opened: Promise<void> | undefined;
  /** Whether the base is known and no rotation is about to move it. */
  #isSteady = false;
  #turn: Promise<unknown> = Promise.resolve();

  /** Without bounds, the log is one that nothing rotates. */
  constructor(file: string, bounds: LogBounds = { maxBytes: Number.POSITIVE_INFINITY, maxFiles: 1 }) {
    this.#file = file;
    this.#bounds = bounds;
  }

  extent(): Promise<LogExtent> {
    return this.#alone(async () => {
      const end = this.#base + (await this.#liveSize());
      const gaps: Gap[] = [];
      let from = 0;
      for (const { start, size } of [
        ...this.#parts.filter((part) => part.size > 0),
        { start: this.#base, size: end - this.#base },
      ]) {
        if (start > from) gaps.push({ from, to: start });
        from = start + size;
      }
      return { end, gaps };
    });
  }

  endNow(): number | undefined {
    return this.#isSteady
      ? this.#base + (statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0)
      : undefined;
  }

  read(position: number, limit = BLOCK): Promise<{ position: number; bytes: Buffer }> {
    return this.#alone(async () => {
      for (const part of this.#parts) {
        const end = part.start + part.size;
        // An empty part only marks where the live file begins.
        if (position >= end || part.size === 0) continue;
        const from = Math.max(position, part.start);
        const bytes = await readAt(this.#part(part), from - part.start, Math.min(limit, end - from));
        if (bytes === undefined || (bytes.length === 0 && limit > 0)) throw new LogGoneError();
        return { position: from, bytes };
      }
      const from = Math.max(position, this.#base);
      const bytes = await readAt(this.#file, from - this.#base, limit);
      if (bytes === undefined && from < this.#end) throw new LogGoneError();
      return { position: from, bytes: bytes ?? Buffer.alloc(0) };
    });
  }

  /**
   * Rotates the live file if it is too large.
   * @param pause pauses a writer so fast that its file can only be emptied while it is paused
   * @param expected bytes that a fast writer may add before the next check
   */
  rotate(pause?: Pause, expected = 0): Promise<void> {
    return this.#alone(async () => {
      const size = await this.#liveSize();
      if (size <= this.#bounds.maxBytes) return;
      this.#isSteady = false;
      try {
        const resume = pause?.();
        if (resume === undefined) await this.#rotateWhileWritten(size);
        else this.#rotatePaused(resume, expected);
      } finally {
        this.#isSteady = true;
      }
    });
  }

  /** Synchronous, so that other work of this process does not prolong the pause. */
  #rotatePaused(resume: () => void, expected: number): void {
    const { maxBytes, maxFiles } = this.#bounds;
    try {
      const from = openSync(this.#file, 'r+');
      try {
        const { size } = fstatSync(from);
        const bound = maxFiles * maxBytes;
        const all = this.#kept() + size;
        // The copy temporarily needs twice the space, but nothing is dropped before the space is needed.
        const most =
          all + size <= bound
            ? all
            : Math.min((maxFiles - 1) * maxBytes, Math.max(2 * maxBytes, bound - size - expected));
        const pieces = this.#piecesOf(size, most);
        this.#prune(most - pieces.reduce((sum, piece) => sum + piece.size, 0));
        for (const { start, size: length } of pieces)
          this.#write(start, (to) => copy(from, to, start - this.#base, length));
        const last = pieces.at(-1);
        // This includes writes that were in progress when the size was read.
        const end = Math.max(fstatSync(from).size, size);
        if (last !== undefined && end > size)
          this.#write(this.#base + size, (to) => copy(from, to, size, end - size));
        ftruncateSync(from, 0);
        this.#moveBase(this.#base + end);
      } finally {
        closeSync(from);
      }
    } finally {
      resume();
    }
  }

  async #rotateWhileWritten(size: number): Promise<void> {
    const { maxFiles, maxBytes } = this.#bounds;
    const most = Math.min(maxFiles - 1, Math.max(2, maxFiles - size / maxBytes)) * maxBytes;
    const pieces = size > 2 * maxBytes ? this.#piecesOf(size, most) : [{ start: this.#base, size }];
    this.#prune(most - pieces.reduce((sum, piece) => sum + piece.size, 0));
    const from = await open(this.#file, 'r+');
    let last: FileHandle | undefined;
    try {
      const newest = pieces.at(-1) ?? { start: this.#base + size, size: 0 };
      for (const { start, size: length } of pieces.slice(0, -1))
        this.#write(start, (to) => copy(from.fd, to, start - this.#base, length));
      const skipped = newest.start - this.#base;
      let position = skipped;
      const draft = `${this.#file}@draft`;
      try {
        last = await open(draft, 'w', 0o600);
        const block = Buffer.allocUnsafe(COPY_BLOCK);
        for (;;) {
          const { bytesRead } = await from.read(block, 0, block.length, position);
          if (bytesRead === 0 || position - skipped > 4 * maxBytes) break;
          await last.write(block, 0, bytesRead);
          position += bytesRead;
        }
      } catch {
        // The disk is full. Lose the old part of the log and record it as a gap, instead of filling the node's disk.
      }
      const { kept, end } = await truncateFront(this.#file, from, {
        skipped,
        position,
        copy: last,
        most: 2 * maxBytes,
      });
      if (last !== undefined && kept > skipped) {
        await rename(draft, this.#part(newest));
        this.#parts.push({ start: newest.start, size: kept - skipped });
      }
      this.#moveBase(this.#base + end);
    } finally {
      await from.close();
      await last?.close().catch(() => undefined);
      await rm(`${this.#file}@draft`, { force: true });
    }
    this.#prune(most);
  }

  /** Splits the live file into parts within the size limit. The parts cover the whole file, or its beginning and end. */
  #piecesOf(size: number, most: number): Part[] {
    const { maxBytes } = this.#bounds;
    const room = most - (this.#hasHead() ? (this.#parts[0]?.size ?? 0) : 0);
    if (size <= room) return this.#split(0, size);
    if (this.#hasHead() || !this.#keepsHead || room < 2 * maxBytes)
      return this.#split(size - Math.min(size, Math.max(maxBytes, room)), size);
    return [...this.#split(0, maxBytes), ...this.#split(size - (room - maxBytes), size)];
  }

  #split(from: number, to: number): Part[] {
    const { maxBytes } = this.#bounds;
    const parts: Part[] = [];
    for (let at = from; at < to; at += maxBytes)
      parts.push({ start: this.#base + at, size: Math.min(maxBytes, to - at) });
    return parts;
  }

  /** Drops parts from the middle, oldest first and never the newest, until the remaining parts fit. */
  #prune(most: number): void {
    const first = this.#hasHead() && this.#keepsHead ? 1 : 0;
    while (this.#kept() > most && this.#parts.length > first + 1) {
      const [dropped] = this.#parts.splice(first, 1);
      if (dropped !== undefined) rmSync(this.#part(dropped), { force: true });
    }
  }

  /** With fewer than three files, only the end fits. */
  get #keepsHead(): boolean {
    return this.#bounds.maxFiles >= 3;
  }

  #hasHead(): boolean {
    return this.#parts[0]?.start === 0;
  }

  #kept(): number {
    return this.#parts.reduce((sum, { size }) => sum + size, 0);
  }

  #write(start: number, fill: (to: number) => number): void {
    const file = `${this.#file}@${start}`;
    try {
      const to = openSync(file, 'w', 0o600);
      try {
        this.#parts.push({ start, size: fill(to) });
      } finally {
        closeSync(to);
      }
    } catch {
      // The disk is full. The gap shows how much is missing.
      rmSync(file, { force: true });
    }
  }

  #moveBase(base: number): void {
    const last = this.#parts.at(-1);
    this.#base = base;
    this.#end = Math.max(this.#end, base);
    if (last === undefined || last.start + last.size < base) this.#write(base, () => 0);
  }

  async #liveSize(): Promise<number> {
    const size = await sizeOf(this.#file);
    this.#end = Math.max(this.#end, this.#base + size);
    return size;
  }

  #part({ start }: Pick<Part, 'start'>): string {
    return `${this.#file}@${start}`;
  }

  /** Serialises readers and rotations, because parts must not move during a read. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    this.#opened ??= this.#open();
    const result = Promise.all([this.#opened, this.#turn]).then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #open(): Promise<void> {
    const prefix = `${path.basename(this.#file)}@`;
    const names = await readdir(path.dirname(this.#file)).catch(() => []);
    const starts = names.flatMap((name) =>
      name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))
        ? [Number(name.slice(prefix.length))]
        : [],
    );
    for (const start of starts.sort((left, right) => left - right))
      this.#parts.push({ start, size: await sizeOf(this.#part({ start })) });
    const last = this.#parts.at(-1);
    this.#base = last === undefined ? 0 : last.start + last.size;
    this.#isSteady = true;
  }
}

function copy(from: number, to: number, position: number, length: number): number {
  const block = Buffer.allocUnsafe(Math.min(COPY_BLOCK, length));
  let copied = 0;
  while (copied < length) {
    const bytes = readSync(from, block, 0, Math.min(block.length, length - copied), position + copied);
    if (bytes === 0) break;
    writeSync(to, block, 0, bytes);
    copied += bytes;
  }
  return copied;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}

async function readAt(file: string, offset: number, limit: number): Promise<Buffer | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch {
    return undefined;
  }
  try {
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(limit, BLOCK)));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
