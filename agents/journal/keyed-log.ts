import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { lineOf, readLines } from './checked-lines.js';
import { machineDisk, type Disk, type DiskFile } from '../platform/files/disk.js';
import { hasCode } from '../platform/error-code.js';

export type Make = () => unknown;

const SLACK_BYTES = 8_388_608;
const LINE_LENGTH = 262_144;

const batch = z.array(z.tuple([z.string(), z.unknown()]));

export interface Opened {
  readonly log: KeyedLog;
  readonly entries: ReadonlyMap<string, unknown>;
  readonly damaged: readonly Buffer[];
  readonly lost: readonly string[];
  readonly torn: number;
}

/**
 * A key-value store in one append-only file. Changes during a write are combined into the next write, which is one line with a checksum and one sync,
 * so each write is stored completely or not at all. Replaced and dropped values remain in the file until it is rewritten.
 */
export class KeyedLog {
  readonly #kept = new Map<string, Make>();
  #waiting = new Map<string, Make>();
  #next: Promise<void> | undefined;
  #turn: Promise<void> = Promise.resolve();
  #handle: DiskFile | undefined;
  #size = 0;
  #base = 0;
  #stale = false;
  #sound = false;
  #closed = false;

  private constructor(
    private readonly file: string,
    private readonly disk: Disk,
  ) {}

  /** `named` returns the keys that can still be read from a damaged line. */
  static async open(
    file: string,
    named: (damaged: string) => Iterable<string>,
    disk: Disk = machineDisk,
  ): Promise<Opened> {
    await disk.remove(draftOf(file));
    const bytes = await disk.read(file);
    const { lines, whole } = readLines(bytes ?? Buffer.alloc(0));
    const entries = new Map<string, unknown>();
    const lost = new Set<string>();
    const damaged: Buffer[] = [];
    let read = 0;
    for (const line of lines) {
      if ('damaged' in line) {
        damaged.push(line.damaged);
        for (const key of named(line.damaged.toString())) {
          entries.delete(key);
          lost.add(key);
        }
      } else {
        for (const [key, value] of batch.parse(line.value)) {
          entries.set(key, value);
          lost.delete(key);
          read += 1;
        }
      }
    }
    const log = new KeyedLog(file, disk);
    const torn = (bytes?.length ?? 0) - whole;
    log.#stale = read > entries.size;
    log.#size = log.#base = whole;
    log.#sound = bytes !== undefined && torn === 0 && damaged.length === 0;
    if (log.#sound) log.#handle = await disk.open(file);
    return { log, entries, damaged, lost: [...lost], torn };
  }

  get size(): number {
    return this.#kept.size;
  }

  get isStale(): boolean {
    return this.#stale || (!this.#sound && this.#kept.size > 0);
  }

  has(key: string): boolean {
    return this.#kept.has(key);
  }

  keys(): IterableIterator<string> {
    return this.#kept.keys();
  }

  /** Resolves when the value is durable. If several writes of a key are pending, only the last value is written. */
  put(key: string, make: Make): Promise<void> {
    this.#waiting.set(key, make);
    return (this.#next ??= this.#alone(() => this.#commit()));
  }

  /** Registers a value that is already in the file or will be written by the next rewrite. */
  keep(key: string, make: Make): void {
    this.#kept.set(key, make);
  }

  drop(key: string): void {
    if (this.#kept.delete(key)) this.#stale = true;
  }

  compact(): Promise<void> {
    return this.#alone(async () => void (await this.#rewrite()));
  }

  async close(): Promise<void> {
    await this.#alone(async () => {
      this.#closed = true;
      await this.#handle?.close();
      this.#handle = undefined;
    });
  }

  #alone(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #commit(): Promise<void> {
    // Requests that arrived in the same network read are included in this write.
    await setImmediate();
    const written = this.#waiting;
    this.#waiting = new Map();
    this.#next = undefined;
    if (this.#closed) throw new Error('the journal is closed');
    const line = lineOf([...written].map(([key, make]) => entryOf(key, make)));
    const handle = this.#goesOn() ?? (await this.#rewrite());
    await this.#append(handle, line);
    for (const [key, make] of written) {
      this.#stale ||= this.#kept.has(key);
      this.#kept.set(key, make);
    }
    if (this.#size > 2 * this.#base + SLACK_BYTES) void this.compact().catch(() => (this.#base = this.#size));
  }

  /** Returns the file if it can still be appended to and has not been removed. */
  #goesOn(): DiskFile | undefined {
    return this.#sound && this.#handle?.hasName() === true ? this.#handle : undefined;
  }

  async #append(handle: DiskFile, line: Buffer): Promise<void> {
    try {
      handle.writeAt(line, this.#size);
      await handle.sync();
    } catch (error) {
      this.#sound = isFull(error);
      // An incomplete write must not remain in front of the next write.
      await handle.truncate(this.#size).catch(() => (this.#sound = false));
      throw error;
    }
    this.#size += line.length;
  }

  /** A crash leaves either the old file or the new one. Both contain all durable values. */
  async #rewrite(): Promise<DiskFile> {
    if (this.#closed) throw new Error('the journal is closed');
    this.#stale = false;
    const draft = draftOf(this.file);
    let handle: DiskFile | undefined;
    try {
      handle = await this.disk.create(draft);
      let size = 0;
      for (const line of linesOf(this.#kept)) {
        handle.writeAt(line, size);
        size += line.length;
      }
      await handle.sync();
      await this.disk.rename(draft, this.file);
      // From here on, the old file is unlinked, so nothing may be appended to it.
      this.#sound = false;
      await this.disk.syncFolder(path.dirname(this.file));
      await this.#handle?.close();
      this.#handle = handle;
      this.#size = this.#base = size;
      this.#sound = true;
      return handle;
    } catch (error) {
      this.#stale = true;
      await handle?.close();
      await this.disk.remove(draft).catch(() => undefined);
      throw error;
    }
  }
}

function draftOf(file: string): string {
  return `${file}.tmp`;
}

function* linesOf(kept: ReadonlyMap<string, Make>): Generator<Buffer> {
  let entries: string[] = [];
  let length = 0;
  for (const [key, make] of kept) {
    const entry = entryOf(key, make);
    length += entry.length;
    entries.push(entry);
    if (length < LINE_LENGTH) continue;
    yield lineOf(entries);
    entries = [];
    length = 0;
  }
  if (entries.length > 0) yield lineOf(entries);
}

function entryOf(key: string, make: Make): string {
  return JSON.stringify([key, make()]);
}

function isFull(error: unknown): boolean {
  return hasCode(error, 'ENOSPC', 'EDQUOT');
}
