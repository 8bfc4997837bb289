import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Gap, LogExtent, LogSource, LogWrite } from './log-source.js';
import { addWrite, firstWrite, lastWrite, writesFrom, WRITE_BYTES } from './write-times.js';

export interface LogBounds {
  readonly maxBytes: number;
  /** Maximum disk usage of a stream, as a multiple of `maxBytes`. */
  readonly maxFiles: number;
}

export class LogGoneError extends Error {
  override readonly name = 'LogGoneError';
  constructor() {
    super('the log was removed while it was read');
  }
}

interface Part {
  readonly start: number;
  size: number;
}

interface OpenPart {
  readonly part: Part;
  readonly data: number;
  readonly times: number;
  timesSize: number;
}

const BLOCK = 65_536;
const UNBOUNDED: LogBounds = { maxBytes: Number.POSITIVE_INFINITY, maxFiles: 1 };

/**
 * One stream of a task's log, as parts of limited size in one directory: `FILE@START` holds the bytes, and `FILE@START.times` when they arrived
 * (`write-times.ts`). Beyond the limits, parts are dropped from the middle: the first and newest remain. Positions count all bytes ever written, so
 * gaps show how much was dropped.
 *
 * FILE itself, if it exists, comes after the parts. It is written by someone else, for an HTTP call.
 */
export class RotatedLog implements LogSource {
  readonly #file: string;
  readonly #bounds: LogBounds;
  readonly #parts: Part[];
  #end: number;
  #written: OpenPart | undefined;

  /** Without bounds, the log is only read. */
  constructor(file: string, bounds: LogBounds = UNBOUNDED) {
    this.#file = file;
    this.#bounds = bounds;
    const parts = this.#starts().map((start) => ({ start, size: sizeOf(this.#pathOf(start)) ?? 0 }));
    const last = parts.at(-1);
    this.#end = last === undefined ? 0 : last.start + last.size;
    // An empty part only marks where FILE begins.
    this.#parts = parts.filter(({ size }) => size > 0);
  }

  extent(): LogExtent {
    const live = sizeOf(this.#file) ?? 0;
    const end = this.#end + live;
    const gaps: Gap[] = [];
    let from = 0;
    for (const { start, size } of [...this.#parts, { start: this.#end, size: live }]) {
      if (start > from) gaps.push({ from, to: start });
      from = start + size;
    }
    return { end, gaps };
  }

  async read(position: number, limit = BLOCK): Promise<{ position: number; bytes: Buffer }> {
    for (;;) {
      const part = this.#parts.find(({ start, size }) => position < start + size);
      const start = part?.start ?? this.#end;
      const from = Math.max(position, start);
      const most = part === undefined ? limit : Math.min(limit, part.start + part.size - from);
      const bytes = await readAt(part === undefined ? this.#file : this.#pathOf(start), from - start, most);
      // The part was dropped, or the file was moved into parts, while it was read.
      if (part === undefined ? start !== this.#end : !this.#parts.includes(part)) continue;
      if (part !== undefined && (bytes === undefined || (bytes.length === 0 && limit > 0)))
        throw new LogGoneError();
      return { position: from, bytes: bytes ?? Buffer.alloc(0) };
    }
  }

  writes(position: number): readonly LogWrite[] {
    const part = this.#parts.find(({ start, size }) => position < start + size);
    if (part === undefined) return [];
    const end = part.start + part.size;
    const writes = writesFrom(this.#timesOf(part.start), part.start, position);
    return writes.length > 0
      ? writes.map((write) => ({ ...write, end: Math.min(write.end, end) }))
      : [{ end, time: undefined }];
  }

  endBefore(time: number): number | undefined {
    let isKnown = false;
    let end = 0;
    for (const { start } of this.#parts) {
      const file = this.#timesOf(start);
      const first = firstWrite(file);
      if (first === undefined) continue;
      isKnown = true;
      if (first >= time) break;
      end = start + (lastWrite(file, time)?.end ?? 0);
    }
    return isKnown ? end : undefined;
  }

  /** Returns whether its files were removed, because the allocation was placed anew or its log is no longer kept. */
  isRemoved(): boolean {
    const [first] = this.#parts;
    return first !== undefined && sizeOf(this.#pathOf(first.start)) === undefined;
  }

  /** Position up to which this process has written. */
  get end(): number {
    return this.#end;
  }

  /** Returns the time of the newest output. Undefined if it is unknown. */
  lastTime(): number | undefined {
    const live = statSync(this.#file, { throwIfNoEntry: false });
    if (live !== undefined && live.size > 0) return live.mtimeMs;
    for (const { start } of this.#parts.toReversed()) {
      const last = lastWrite(this.#timesOf(start), Number.POSITIVE_INFINITY);
      if (last !== undefined) return last.time;
    }
    return undefined;
  }

  /**
   * Appends bytes that arrived at `time`. Synchronous, so that readers in this process see the bytes together with their time. Throws if the disk is
   * full; `extent` then shows how many bytes were written.
   */
  append(bytes: Uint8Array, time: number): void {
    for (let at = 0; at < bytes.length;) {
      const open = this.#openPart();
      const { part, data } = open;
      try {
        const length = writeSync(data, bytes, at, Math.min(bytes.length - at, this.#roomIn(open)));
        at += length;
        part.size += length;
        this.#end += length;
      } catch (error) {
        this.close();
        throw error;
      }
      addWrite(open.times, part.size, time);
      open.timesSize += WRITE_BYTES;
    }
  }

  /** Records that bytes could not be written. */
  skip(bytes: number): void {
    this.close();
    this.#end += bytes;
  }

  close(): void {
    const written = this.#written;
    this.#written = undefined;
    if (written === undefined) return;
    closeSync(written.data);
    closeSync(written.times);
    if (written.part.size === 0) this.#drop(written.part);
  }

  #openPart(): OpenPart {
    const current = this.#written;
    if (current !== undefined && this.#roomIn(current) > 0) return current;
    this.close();
    const earlier = this.#openAgain();
    if (earlier !== undefined) return earlier;
    const { maxBytes, maxFiles } = this.#bounds;
    this.#prune((maxFiles - 1) * maxBytes);
    const part = { start: this.#end, size: 0 };
    mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    this.#written = this.#opened(part, 0);
    this.#parts.push(part);
    return this.#written;
  }

  /** Continues the part of an earlier agent, so that restarts do not create many small ones. */
  #openAgain(): OpenPart | undefined {
    const part = this.#parts.at(-1);
    const timesSize = part && sizeOf(this.#timesOf(part.start));
    if (part === undefined || timesSize === undefined || timesSize % WRITE_BYTES > 0) return undefined;
    if (part.start + part.size < this.#end || this.#roomIn({ part, timesSize }) <= 0) return undefined;
    this.#written = this.#opened(part, timesSize);
    return this.#written;
  }

  #opened(part: Part, timesSize: number): OpenPart {
    const data = openSync(this.#pathOf(part.start), 'a', 0o600);
    try {
      return { part, data, times: openSync(this.#timesOf(part.start), 'a', 0o600), timesSize };
    } catch (error) {
      closeSync(data);
      throw error;
    }
  }

  /** The times count as well, because a task may write single bytes. */
  #roomIn({ part, timesSize }: Pick<OpenPart, 'part' | 'timesSize'>): number {
    const room = this.#bounds.maxBytes - part.size - timesSize - WRITE_BYTES;
    return part.size === 0 ? Math.max(1, room) : room;
  }

  /** Drops parts from the middle, oldest first and never the newest, until the remaining parts fit. With fewer than three files, only the end fits. */
  #prune(most: number): void {
    const first = this.#parts[0]?.start === 0 && this.#bounds.maxFiles >= 3 ? 1 : 0;
    let kept = this.#parts.reduce(
      (sum, { start, size }) => sum + size + (sizeOf(this.#timesOf(start)) ?? 0),
      0,
    );
    for (
      let part = this.#parts[first];
      kept > most && this.#parts.length > first + 1 && part;
      part = this.#parts[first]
    ) {
      kept -= part.size + (sizeOf(this.#timesOf(part.start)) ?? 0);
      this.#drop(part);
    }
  }

  #drop(part: Part): void {
    this.#parts.splice(this.#parts.indexOf(part), 1);
    rmSync(this.#timesOf(part.start), { force: true });
    rmSync(this.#pathOf(part.start), { force: true });
  }

  #starts(): number[] {
    const prefix = `${path.basename(this.#file)}@`;
    return namesIn(path.dirname(this.#file))
      .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
      .map((name) => Number(name.slice(prefix.length)))
      .sort((left, right) => left - right);
  }

  #pathOf(start: number): string {
    return `${this.#file}@${start}`;
  }

  #timesOf(start: number): string {
    return `${this.#pathOf(start)}.times`;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function sizeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.size;
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
