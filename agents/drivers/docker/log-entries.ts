import type { LogStream } from '#domain/protocol/agent-channel.js';

const HEADER = 8;
const LARGEST_FRAME = 16_777_216;
const ERRORS = 2;
const NEWLINE = 10;
const SPACE = 32;
/** Docker splits longer lines into entries of this size, all with the time of the first entry. */
const ENTRY_BYTES = 16_384;
const LONGEST_TIME = 40;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const NOTHING = Buffer.alloc(0);

export interface LogEntry {
  readonly stream: LogStream;
  readonly time: string;
  readonly bytes: Buffer;
}

/**
 * Parses a log with timestamps from the daemon. Without a terminal, each entry is a frame: an 8-byte header (stream number, three zeros, big-endian
 * length) and then the data (Engine API, "Attach to a container"). With a terminal, there are no headers.
 */
export class LogEntries {
  #rest: Buffer = NOTHING;

  constructor(private readonly hasTerminal: boolean) {}

  push(piece: Uint8Array): LogEntry[] {
    const bytes = this.#rest.length === 0 ? Buffer.from(piece) : Buffer.concat([this.#rest, piece]);
    return this.hasTerminal ? this.#shown(bytes) : this.#framed(bytes);
  }

  #framed(bytes: Buffer): LogEntry[] {
    const entries: LogEntry[] = [];
    let at = 0;
    while (bytes.length - at >= HEADER) {
      const length = bytes.readUInt32BE(at + 4);
      if ((bytes[at] ?? 0) > ERRORS || bytes.readUIntBE(at + 1, 3) !== 0 || length > LARGEST_FRAME)
        throw new Error('the log stream is not framed');
      const end = at + HEADER + length;
      if (end > bytes.length) break;
      entries.push(entryOf(bytes[at] === ERRORS ? 'stderr' : 'stdout', bytes.subarray(at + HEADER, end)));
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return entries;
  }

  #shown(bytes: Buffer): LogEntry[] {
    const entries: LogEntry[] = [];
    let at = 0;
    while (at < bytes.length) {
      const space = bytes.indexOf(SPACE, at);
      if (space < 0 && bytes.length - at <= LONGEST_TIME) break;
      const text = space + 1 + ENTRY_BYTES;
      const newline = bytes.subarray(0, text).indexOf(NEWLINE, space);
      if (newline < 0 && bytes.length < text) break;
      const end = newline < 0 ? text : newline + 1;
      entries.push(entryOf('stdout', bytes.subarray(at, end)));
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return entries;
  }

  end(): LogEntry[] {
    const rest = this.#rest;
    this.#rest = NOTHING;
    return this.hasTerminal && rest.length > 0 ? [entryOf('stdout', rest)] : [];
  }
}

function entryOf(stream: LogStream, bytes: Buffer): LogEntry {
  const space = bytes.subarray(0, LONGEST_TIME).indexOf(SPACE);
  const time = bytes.toString('latin1', 0, Math.max(0, space));
  if (!TIME.test(time)) throw new Error('a log entry has no timestamp');
  return { stream, time, bytes: bytes.subarray(space + 1) };
}
