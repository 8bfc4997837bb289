import type { LogStream } from '#domain/protocol/agent-channel.js';
import { droppedLine, type LogSource, type LogWrite } from './log-source.js';

const NEWLINE = 10;
const BLOCK = 65_536;

/** Reads one stream forward. */
export class StreamReader {
  #writes: readonly LogWrite[] = [];
  #write = 0;
  /** Start of a gap that was not reported yet. */
  #missing: number | undefined;
  #block: { readonly position: number; readonly bytes: Buffer } | undefined;

  constructor(
    readonly stream: LogStream,
    private readonly log: LogSource,
    private position: number,
  ) {}

  /** Returns the next write before this position, which may be cut there. */
  next(limit: number): LogWrite | undefined {
    if (this.position >= limit) return undefined;
    const found = this.#next();
    return found === undefined
      ? { end: limit, time: undefined }
      : { ...found, end: Math.min(found.end, limit) };
  }

  /** Returns the end of the writes from here on that are known and arrived before `time`. They are read together. */
  endBefore(time: number | undefined, limit: number): number {
    if (this.log.writes === undefined || time === undefined) return limit;
    let end = this.next(limit)?.end ?? limit;
    for (let index = this.#write + 1; index < this.#writes.length; index += 1) {
      const write = this.#writes[index];
      if (write === undefined || write.time === undefined || write.time >= time) break;
      end = Math.min(write.end, limit);
    }
    return end;
  }

  /** Yields the bytes up to this position. A string is a line from Muster about a gap. */
  async *upTo(end: number): AsyncGenerator<Buffer | string> {
    while (this.position < end) {
      let { position: from, bytes } = await this.#read();
      if (bytes.length === 0 || from >= end) {
        // Everything up to there was dropped in the meantime. The next read reports it.
        this.#missing ??= this.position;
        this.position = end;
        return;
      }
      bytes = bytes.subarray(0, end - from);
      const expected = this.#missing ?? this.position;
      this.position = from + bytes.length;
      this.#missing = undefined;
      if (from > expected) {
        // Skip the remainder of a line whose beginning is missing.
        const skipped = bytes.indexOf(NEWLINE) + 1;
        if (skipped < bytes.length) {
          from += skipped;
          bytes = bytes.subarray(skipped);
        }
        yield droppedLine(from - expected);
      }
      yield bytes;
    }
  }

  #next(): LogWrite | undefined {
    for (;;) {
      for (; this.#write < this.#writes.length; this.#write += 1) {
        const write = this.#writes[this.#write];
        if (write !== undefined && write.end > this.position) return write;
      }
      this.#writes = this.log.writes?.(this.position) ?? [];
      this.#write = 0;
      if (this.#writes.length === 0) return undefined;
    }
  }

  async #read(): Promise<{ position: number; bytes: Buffer }> {
    const known = this.#block;
    if (
      known !== undefined &&
      this.position >= known.position &&
      this.position < known.position + known.bytes.length
    )
      return { position: this.position, bytes: known.bytes.subarray(this.position - known.position) };
    this.#block = await this.log.read(this.position, BLOCK);
    return this.#block;
  }
}
