import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { cutFront } from './front-cut.js';

export interface LogBounds {
  /** Bytes of the newest file above which it is rotated. */
  readonly maxBytes: number;
  /** Files kept, the newest among them. */
  readonly maxFiles: number;
}

export const DEFAULT_LOG_BOUNDS: LogBounds = { maxBytes: 10_485_760, maxFiles: 5 };

const BLOCK = 65_536;

/**
 * One stream of a task's log: the file that the task itself appends to, and older parts next to it (`.1` is the newest).
 *
 * The task holds the file open and no process of ours stands in between (the log goes on when the agent is dead), so
 * rotation copies the beginning and then cuts it off (`front-cut.ts`), which the file's O_APPEND allows. While no agent runs nothing is
 * rotated.
 *
 * Positions count bytes from the oldest byte that was there when the log was opened, across rotations.
 */
export class RotatedLog {
  readonly #file: string;
  readonly #bounds: LogBounds;
  /** Older parts, newest first, with the position of their first byte. */
  #older: { start: number; size: number }[] = [];
  #base = 0;
  #opened: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(file: string, bounds: LogBounds) {
    this.#file = file;
    this.#bounds = bounds;
  }

  /** Positions of the oldest kept byte and of the next one to be written. */
  extent(): Promise<{ start: number; end: number }> {
    return this.#alone(async () => {
      const oldest = this.#older.at(-1);
      return { start: oldest?.start ?? this.#base, end: this.#base + (await sizeOf(this.#file)) };
    });
  }

  /** Bytes from a position on, at most a block and perhaps fewer; empty at the end. What is no longer kept is skipped. */
  read(position: number, limit = BLOCK): Promise<{ position: number; bytes: Buffer }> {
    return this.#alone(async () => {
      let from = Math.max(position, this.#older.at(-1)?.start ?? this.#base);
      for (let index = this.#older.length - 1; index >= 0; index -= 1) {
        const part = this.#older[index];
        if (part === undefined || from >= part.start + part.size) continue;
        from = Math.max(from, part.start);
        const bytes = await readAt(`${this.#file}.${index + 1}`, from - part.start, Math.min(limit, part.start + part.size - from));
        if (bytes.length > 0) return { position: from, bytes };
        from = part.start + part.size;
      }
      from = Math.max(from, this.#base);
      return { position: from, bytes: await readAt(this.#file, from - this.#base, limit) };
    });
  }

  /** Rotates if the newest file has grown too large. Returns its size before. */
  rotate(): Promise<number> {
    return this.#alone(async () => {
      const size = await sizeOf(this.#file);
      if (size <= this.#bounds.maxBytes) return size;
      const copied = await this.#copyAndTruncate(size);
      this.#older.unshift(copied);
      this.#base = copied.start + copied.size;
      this.#older.length = Math.min(this.#older.length, Math.max(0, this.#bounds.maxFiles - 1));
      return size;
    });
  }

  async #copyAndTruncate(size: number): Promise<{ start: number; size: number }> {
    const { maxFiles, maxBytes } = this.#bounds;
    const draft = `${this.#file}.0`;
    // A task that writes faster than we look leaves more than a file may hold: its newest part is kept.
    const skipped = Math.max(0, size - 2 * maxBytes);
    let position = skipped;
    const from = await open(this.#file, 'r+');
    let to: FileHandle | undefined;
    try {
      const block = Buffer.allocUnsafe(1_048_576);
      try {
        to = await open(draft, 'w', 0o600);
        for (;;) {
          const { bytesRead } = await from.read(block, 0, block.length, position);
          if (bytesRead === 0 || position - skipped > 4 * maxBytes) break;
          await to.write(block, 0, bytesRead);
          position += bytesRead;
        }
      } catch {
        // No space for the copy: the log loses its old part rather than the node its disk.
      }
      position = await cutFront(this.#file, from, { skipped, position, copy: to, most: 2 * maxBytes });
    } finally {
      await from.close();
      await to?.close().catch(() => undefined);
    }
    for (let index = maxFiles - 2; index >= 1; index -= 1) await rename(`${this.#file}.${index}`, `${this.#file}.${index + 1}`).catch(() => undefined);
    if (maxFiles > 1) await rename(draft, `${this.#file}.1`).catch(() => undefined);
    else await rm(draft, { force: true });
    return { start: this.#base + skipped, size: position - skipped };
  }

  /** One reader or rotation at a time: parts must not move under a read. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    this.#opened ??= this.#open();
    const result = Promise.all([this.#opened, this.#turn]).then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #open(): Promise<void> {
    await rm(`${this.#file}.0`, { force: true });
    const sizes: number[] = [];
    for (let index = 1; index < this.#bounds.maxFiles; index += 1) {
      const size = await sizeOf(`${this.#file}.${index}`, -1);
      if (size < 0) break;
      sizes.push(size);
    }
    this.#base = sizes.reduce((sum, size) => sum + size, 0);
    let start = this.#base;
    this.#older = sizes.map((size) => ({ start: (start -= size), size }));
  }
}

async function sizeOf(file: string, absent = 0): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return absent;
  }
}

async function readAt(file: string, offset: number, limit: number): Promise<Buffer> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(limit, BLOCK)));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
