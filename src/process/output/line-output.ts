import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { backOff } from '#domain/kernel/back-off.js';
import { deadline } from '#agents/platform/clock/system-clock.js';
import { hasCode } from '#agents/platform/error-code.js';

/** Maximum number of bytes queued for a slow reader. Additional lines are dropped. */
const MAX_QUEUED_BYTES = 1_048_576;
const retryDelay = backOff({ firstMs: 100, mostMs: 5_000 });
const NEWLINE = 10;

export interface LineOutputOptions {
  readonly descriptor: number;
  readonly notice: (count: number) => string;
  readonly maxQueuedBytes?: number;
}

/** Text that is waiting to be written. `lines`: the number of lines that are lost if it is dropped. */
interface Queued {
  bytes: Buffer;
  readonly lines: number;
  /** Whether it is the notice about dropped lines, which have already been counted. */
  readonly isNotice: boolean;
  begun: boolean;
}

/**
 * Writes lines to a descriptor without ever blocking, even to a pipe without a reader, a full pipe, or a file on a full disk. Lines that
 * cannot be written are dropped and counted, and a notice reports their number once writing works again.
 */
export class LineOutput {
  readonly #options: LineOutputOptions;
  readonly #queue: Queued[] = [];
  #queuedBytes = 0;
  #unreported = 0;
  #dropped = 0;
  /** The last write failed for a reason other than a full pipe, so lines are dropped until the next attempt. */
  #failing = false;
  #retries = 0;
  #retry: AbortSignal | undefined;

  constructor(options: LineOutputOptions) {
    this.#options = options;
  }

  get dropped(): number {
    return this.#dropped;
  }

  write(text: string | Uint8Array): void {
    const bytes =
      typeof text === 'string'
        ? Buffer.from(text)
        : Buffer.from(text.buffer, text.byteOffset, text.byteLength);
    if (bytes.length === 0) return;
    const lines = countLines(bytes);
    if (this.#failing || this.#queuedBytes + bytes.length > Math.max(bytes.length, this.#maxQueuedBytes)) {
      this.#drop(lines);
      return;
    }
    this.#reportDropped();
    this.#push(bytes, lines, false);
    if (this.#retry === undefined) this.#pump();
  }

  /** Tries once more to write the pending text. Used when the process ends. */
  flushSync(): void {
    this.#failing = false;
    this.#reportDropped();
    this.#pump();
  }

  get #maxQueuedBytes(): number {
    return this.#options.maxQueuedBytes ?? MAX_QUEUED_BYTES;
  }

  #push(bytes: Buffer, lines: number, isNotice: boolean): void {
    this.#queue.push({ bytes, lines, isNotice, begun: false });
    this.#queuedBytes += bytes.length;
  }

  #reportDropped(): void {
    if (this.#unreported === 0) return;
    this.#push(Buffer.from(this.#options.notice(this.#unreported)), this.#unreported, true);
    this.#unreported = 0;
  }

  #drop(lines: number): void {
    this.#unreported += lines;
    this.#dropped += lines;
  }

  #pump(): void {
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      try {
        const written = writeSync(this.#options.descriptor, head.bytes);
        this.#queuedBytes -= written;
        head.bytes = head.bytes.subarray(written);
        head.begun = true;
        if (head.bytes.length > 0) continue;
        this.#queue.shift();
        this.#retries = 0;
      } catch (error) {
        if (!isFull(error)) this.#fail();
        this.#retryLater();
        return;
      }
    }
  }

  #fail(): void {
    this.#failing = true;
    for (const { lines, isNotice } of this.#queue.splice(this.#queue[0]?.begun === true ? 1 : 0)) {
      if (isNotice) this.#unreported += lines;
      else this.#drop(lines);
    }
    this.#queuedBytes = this.#queue.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  #retryLater(): void {
    if (this.#retry !== undefined) return;
    // The timer does not keep the process alive.
    this.#retry = deadline(retryDelay(this.#retries + 1));
    this.#retry.addEventListener('abort', () => {
      this.#retry = undefined;
      this.#retries += 1;
      this.flushSync();
    });
  }
}

function isFull(error: unknown): boolean {
  return hasCode(error, 'EAGAIN', 'EINTR');
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return Math.max(1, lines);
}

/**
 * Opens standard output or standard error so that a write never blocks. Pipes and terminals are opened again, because the flag would otherwise affect
 * other programs that share them. Files never block. For sockets, Node's own stream does not block either.
 */
export function openUnblocking(descriptor: 1 | 2): number {
  const found = fstatSync(descriptor);
  if (found.isFile()) return descriptor;
  try {
    if (found.isFIFO() || found.isCharacterDevice())
      return openSync(
        `/proc/self/fd/${descriptor}`,
        constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY,
      );
  } catch {
    // The pipe belongs to another user, or no longer has a reader.
  }
  const stream = descriptor === 1 ? process.stdout : process.stderr;
  stream.on('error', () => undefined);
  return descriptor;
}
