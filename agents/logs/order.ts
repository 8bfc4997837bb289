import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { LogStream } from '#domain/protocol/agent-channel.js';
import type { Gap } from './follow.js';

export interface LogRun {
  readonly stream: LogStream;
  readonly end: number;
}

/** Enough for about 90,000 changes between the streams. */
export const ORDER_BYTES = 1_048_576;

const BLOCK = 65_536;
const DESCRIPTOR = { stdout: 1, stderr: 2 } as const;
const ENTRY = /^([12]) (\d{1,16})$/;

/**
 * The order in which a task wrote to its two streams, as a file with one line per run: `1 4096` means standard output up to position 4096. The last
 * run has no line yet, and a log with a single stream has no file. A missing line only makes the order coarser at that place, because the next run
 * absorbs it. So a crash or a full disk does little harm, and the file's size is limited by dropping lines. Bytes that no line covers come last.
 */
export class LogOrder {
  readonly #file: string;
  readonly #maxBytes: number;
  #size: number;
  #lastWritten: LogStream | undefined;
  readonly #ends: Record<LogStream, number> = { stdout: 0, stderr: 0 };
  #current: LogRun | undefined;
  /** Changes with each update, so that readers can detect that the file and the current run do not match. */
  #version = 0;
  /** Number of times that the file has been rewritten. */
  #edition = 0;
  #settle: (() => Promise<void>) | undefined;

  constructor(file: string, maxBytes = ORDER_BYTES) {
    this.#file = file;
    this.#maxBytes = maxBytes;
    const text = this.#text();
    for (const { stream, end } of runsIn(text)) {
      this.#ends[stream] = end;
      this.#lastWritten = stream;
    }
    this.#size = text.length;
  }

  get current(): LogRun | undefined {
    return this.#current;
  }

  get edition(): number {
    return this.#edition;
  }

  get version(): number {
    return this.#version;
  }

  get ends(): Readonly<Record<LogStream, number>> {
    return this.#ends;
  }

  /** The order of the streams for bytes that no run covers. */
  get rest(): readonly [LogStream, LogStream] {
    const last =
      this.#current?.stream ?? (this.#lastWritten === undefined ? 'stdout' : other(this.#lastWritten));
    return [last, other(last)];
  }

  get isTooLarge(): boolean {
    return this.#size > this.#maxBytes;
  }

  add(runs: readonly LogRun[]): void {
    const ended: LogRun[] = [];
    for (const run of runs) {
      if (this.#current !== undefined && this.#current.stream !== run.stream) ended.push(this.#current);
      this.#current = run;
      this.#ends[run.stream] = run.end;
    }
    this.#append(ended);
    this.#version += 1;
  }

  end(): void {
    if (this.#current !== undefined && this.#lastWritten !== undefined) this.#append([this.#current]);
    this.#version += 1;
  }

  async settle(): Promise<void> {
    await this.#settle?.();
  }

  onSettle(settle: (() => Promise<void>) | undefined): void {
    this.#settle = settle;
  }

  reader(): OrderReader {
    return new OrderReader(this, this.#file);
  }

  /** Drops runs whose bytes no longer exist, then drops as many runs from the middle as necessary. */
  compact(gaps: Readonly<Record<LogStream, readonly Gap[]>>): void {
    const ends: Record<LogStream, number> = { stdout: 0, stderr: 0 };
    const kept = runsIn(this.#text()).filter(({ stream, end }) => {
      const start = ends[stream];
      ends[stream] = end;
      return !gaps[stream].some((gap) => start >= gap.from && end <= gap.to);
    });
    const lines = kept.map(lineOf);
    const bytes = lines.reduce((sum, line) => sum + line.length, 0);
    // Leave half of the space for later runs.
    if (bytes > this.#maxBytes / 2) {
      const most = Math.floor((lines.length * this.#maxBytes) / 2 / bytes);
      const first = Math.floor(most / 4);
      lines.splice(first, lines.length - most);
    }
    const text = lines.join('');
    try {
      writeFileSync(`${this.#file}.draft`, text, { mode: 0o600 });
      renameSync(`${this.#file}.draft`, this.#file);
      this.#size = text.length;
      this.#edition += 1;
    } catch {
      // The disk is full. Retry when the order has grown by the same amount again.
      this.#size = 0;
    }
    this.#version += 1;
  }

  #append(runs: readonly LogRun[]): void {
    const last = runs.at(-1);
    if (last === undefined) return;
    this.#lastWritten = last.stream;
    const text = runs.map(lineOf).join('');
    try {
      appendFileSync(this.#file, text, { mode: 0o600 });
      this.#size += text.length;
    } catch {
      // On a full disk, the order is lost but not the log.
    }
  }

  #text(): string {
    try {
      return readFileSync(this.#file, 'latin1');
    } catch {
      return '';
    }
  }
}

export class OrderReader {
  #runs: readonly LogRun[] = [];
  #next = 0;
  #offset = 0;
  #torn = '';
  #edition: number;

  constructor(
    private readonly order: LogOrder,
    private readonly file: string,
  ) {
    this.#edition = order.edition;
  }

  /** Returns the next run, which may end before the caller's position. `isCurrent` means that it is unfinished and that no run follows it yet. */
  async next(): Promise<{ readonly run: LogRun | undefined; readonly isCurrent: boolean }> {
    for (;;) {
      const run = this.#runs[this.#next];
      if (run !== undefined) {
        this.#next += 1;
        return { run, isCurrent: false };
      }
      if (this.order.edition !== this.#edition) {
        this.#edition = this.order.edition;
        this.#offset = 0;
        this.#torn = '';
      }
      const { version } = this.order;
      const text = await this.#read();
      const lines = `${this.#torn}${text}`.split('\n');
      this.#torn = lines.pop() ?? '';
      this.#runs = lines.flatMap(runOf);
      this.#next = 0;
      if (text === '' && this.order.version === version) return { run: this.order.current, isCurrent: true };
    }
  }

  async #read(): Promise<string> {
    try {
      const handle = await open(this.file, 'r');
      try {
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(BLOCK), 0, BLOCK, this.#offset);
        this.#offset += bytesRead;
        return buffer.toString('latin1', 0, bytesRead);
      } finally {
        await handle.close();
      }
    } catch {
      return '';
    }
  }
}

function other(stream: LogStream): LogStream {
  return stream === 'stdout' ? 'stderr' : 'stdout';
}

function lineOf({ stream, end }: LogRun): string {
  return `${DESCRIPTOR[stream]} ${end}\n`;
}

function runsIn(text: string): LogRun[] {
  return text.split('\n').slice(0, -1).flatMap(runOf);
}

function runOf(line: string): LogRun[] {
  const [, descriptor, end] = ENTRY.exec(line) ?? [];
  return end === undefined ? [] : [{ stream: descriptor === '1' ? 'stdout' : 'stderr', end: Number(end) }];
}
