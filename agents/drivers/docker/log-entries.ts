import type { LogStream } from '#domain/protocol/agent-channel.js';

const HEADER = 8;
const LARGEST_FRAME = 16_777_216;
const ERRORS = 2;
/** Stream of Docker's own errors while it reads a log, for example at an entry that a power cut left unfinished (moby, pkg/stdcopy `Systemerr`). */
const SYSTEM_ERRORS = 3;
/** With a terminal, Docker writes the same message as a line without a timestamp (moby, api/server/httputils/write_log_stream.go). */
const SYSTEM_ERROR_LINE = 'Error grabbing logs: ';
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

/** Docker reported within a log that it could not read the rest. */
export class UnreadableLogError extends Error {
  override readonly name = 'UnreadableLogError';
}

/**
 * Parses a log with timestamps from the daemon. Without a terminal, each entry is a frame: an 8-byte header (stream number, three zeros, big-endian
 * length) and then the data (Engine API, "Attach to a container"). With a terminal, there are no headers. After something that is not an entry, nothing
 * more is parsed, and `end` throws.
 */
export class LogEntries {
  #rest: Buffer = NOTHING;
  #failure: Error | undefined;

  constructor(private readonly hasTerminal: boolean) {}

  push(piece: Uint8Array): LogEntry[] {
    if (this.#failure !== undefined) return [];
    const bytes = this.#rest.length === 0 ? Buffer.from(piece) : Buffer.concat([this.#rest, piece]);
    return this.hasTerminal ? this.#shown(bytes) : this.#framed(bytes);
  }

  #framed(bytes: Buffer): LogEntry[] {
    const entries: LogEntry[] = [];
    let at = 0;
    while (bytes.length - at >= HEADER) {
      const length = bytes.readUInt32BE(at + 4);
      const stream = bytes[at] ?? 0;
      if (stream > SYSTEM_ERRORS || bytes.readUIntBE(at + 1, 3) !== 0 || length > LARGEST_FRAME)
        return this.#failed(entries, new Error('the log stream is not framed'));
      const end = at + HEADER + length;
      if (end > bytes.length) break;
      const content = bytes.subarray(at + HEADER, end);
      if (stream === SYSTEM_ERRORS) return this.#failed(entries, systemError(content));
      const entry = entryOf(stream === ERRORS ? 'stderr' : 'stdout', content);
      if (entry === undefined) return this.#failed(entries, new Error(NO_TIME));
      entries.push(entry);
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
      const content = bytes.subarray(at, end);
      const entry = entryOf('stdout', content);
      if (entry === undefined) return this.#failed(entries, shownProblem(content));
      entries.push(entry);
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return entries;
  }

  /** Returns the last entry of a terminal. Throws if something followed the entries that `push` returned. */
  end(): LogEntry[] {
    const rest = this.#rest;
    this.#rest = NOTHING;
    if (this.#failure !== undefined) throw this.#failure;
    if (rest.length === 0) return [];
    if (!this.hasTerminal) throw new Error('the log stream ended within an entry');
    const entry = entryOf('stdout', rest);
    if (entry === undefined) throw shownProblem(rest);
    return [entry];
  }

  #failed(entries: LogEntry[], failure: Error): LogEntry[] {
    this.#rest = NOTHING;
    this.#failure = failure;
    return entries;
  }
}

const NO_TIME = 'a log entry has no timestamp';

function systemError(content: Buffer): UnreadableLogError {
  return new UnreadableLogError(content.toString('utf8', 0, 1000).trim());
}

function shownProblem(content: Buffer): Error {
  return content.toString('latin1', 0, SYSTEM_ERROR_LINE.length) === SYSTEM_ERROR_LINE
    ? systemError(content)
    : new Error(NO_TIME);
}

function entryOf(stream: LogStream, bytes: Buffer): LogEntry | undefined {
  const space = bytes.subarray(0, LONGEST_TIME).indexOf(SPACE);
  const time = bytes.toString('latin1', 0, Math.max(0, space));
  return TIME.test(time) ? { stream, time, bytes: bytes.subarray(space + 1) } : undefined;
}
