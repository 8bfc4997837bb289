import { fstatSync, writeSync } from 'node:fs';
import { open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { lineOf, readLines } from './checked-lines.js';
import { syncDirectory } from './durable-file.js';

export type Make = () => unknown;

export type Sync = (handle: FileHandle) => Promise<void>;

/** The file is rewritten when it exceeds twice its live data plus this. */
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
 * A key-value store in one append-only file. Changes during a write share the next one, which is one line with a checksum and one sync, so each write
 * is there completely or not at all. Replaced and dropped values stay in the file until it is rewritten.
 */
export class KeyedLog {
  readonly #kept = new Map<string, Make>();
  #waiting = new Map<string, Make>();
  #next: Promise<void> | undefined;
  #turn: Promise<void> = Promise.resolve();
  #handle: FileHandle | undefined;
  #size = 0;
  #base = 0;
  #stale = false;
  #sound = false;
  #closed = false;

  private constructor(
    private readonly file: string,
    private readonly sync: Sync,
  ) {}

  /** `named` returns the keys that a damaged line names, as far as it can be read. */
  static async open(
    file: string,
    named: (damaged: string) => Iterable<string>,
    sync: Sync = (handle) => handle.datasync(),
  ): Promise<Opened> {
    await rm(draftOf(file), { force: true });
    const bytes = await readFile(file).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    });
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
    const log = new KeyedLog(file, sync);
    const torn = (bytes?.length ?? 0) - whole;
    log.#stale = read > entries.size;
    log.#size = log.#base = whole;
    log.#sound = bytes !== undefined && torn === 0 && damaged.length === 0;
    if (log.#sound) log.#handle = await open(file, 'r+');
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

  /** Resolves when the value is durable. Pending writes of one key collapse into the last. */
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
    // Requests that arrived in the same network read join this write.
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

  /** Returns the file if it can be appended to, and has not been removed by someone. */
  #goesOn(): FileHandle | undefined {
    return this.#sound && this.#handle !== undefined && fstatSync(this.#handle.fd).nlink > 0
      ? this.#handle
      : undefined;
  }

  async #append(handle: FileHandle, line: Buffer): Promise<void> {
    try {
      writeAt(handle, line, this.#size);
      await this.sync(handle);
    } catch (error) {
      this.#sound = isFull(error);
      // An incomplete write must not precede the next one.
      await handle.truncate(this.#size).catch(() => (this.#sound = false));
      throw error;
    }
    this.#size += line.length;
  }

  /** A crash leaves the old file or the new one, and both hold all durable values. */
  async #rewrite(): Promise<FileHandle> {
    if (this.#closed) throw new Error('the journal is closed');
    this.#stale = false;
    const draft = draftOf(this.file);
    let handle: FileHandle | undefined;
    try {
      handle = await open(draft, 'w', 0o600);
      let size = 0;
      for (const line of linesOf(this.#kept)) {
        writeAt(handle, line, size);
        size += line.length;
      }
      await this.sync(handle);
      await rename(draft, this.file);
      // From here on the old file has no name, so nothing may append to it.
      this.#sound = false;
      await syncDirectory(path.dirname(this.file));
      await this.#handle?.close();
      this.#handle = handle;
      this.#size = this.#base = size;
      this.#sound = true;
      return handle;
    } catch (error) {
      this.#stale = true;
      await handle?.close();
      await rm(draft, { force: true }).catch(() => undefined);
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

/** Writes synchronously: for a few blocks of the page cache that is cheaper than a thread. */
function writeAt(handle: FileHandle, bytes: Buffer, position: number): void {
  for (let from = 0; from < bytes.length;)
    from += writeSync(handle.fd, bytes, from, bytes.length - from, position + from);
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
