import type { LogStream } from '#domain/protocol/agent-channel.js';

const NEWLINE = 10;
/** A longer line is passed on in pieces to bound memory. */
const MAX_HELD_BYTES = 65_536;
const NOTHING = Buffer.alloc(0);

/**
 * Merges two streams without splitting a line of one by the other: a line is placed where it ends. If part of an unfinished line was passed on and
 * the other stream follows, a newline is inserted.
 */
export class LineMerger {
  readonly #held: Record<LogStream, Buffer> = { stdout: NOTHING, stderr: NOTHING };
  /** The stream whose unfinished line was passed on last. */
  #unfinished: LogStream | undefined;

  add(stream: LogStream, bytes: Uint8Array): Buffer {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    const held = this.#held[stream];
    if (end === 0) {
      this.#held[stream] = Buffer.concat([held, bytes]);
      return this.#held[stream].length > MAX_HELD_BYTES ? this.#passOn(stream) : NOTHING;
    }
    const lines = Buffer.concat([held, bytes.subarray(0, end)]);
    this.#held[stream] = Buffer.from(bytes.subarray(end));
    return this.#continued(stream, lines);
  }

  /** Ends the stream's unfinished line and adds a complete line. */
  addNotice(stream: LogStream, line: string): Buffer {
    const rest = this.#passOn(stream);
    const ended = Buffer.concat([rest, Buffer.from(this.#unfinished === undefined ? line : `\n${line}`)]);
    this.#unfinished = undefined;
    return ended;
  }

  /** Passes on the unfinished lines, first the one that was already begun. */
  flush(): Buffer {
    const [first, second] =
      this.#unfinished === 'stderr' ? (['stderr', 'stdout'] as const) : (['stdout', 'stderr'] as const);
    return Buffer.concat([this.#passOn(first), this.#passOn(second)]);
  }

  #passOn(stream: LogStream): Buffer {
    const held = this.#held[stream];
    this.#held[stream] = NOTHING;
    return held.length === 0 ? NOTHING : this.#continued(stream, held);
  }

  #continued(stream: LogStream, bytes: Buffer): Buffer {
    const isCut = this.#unfinished !== undefined && this.#unfinished !== stream;
    this.#unfinished = bytes.at(-1) === NEWLINE ? undefined : stream;
    return isCut ? Buffer.concat([Buffer.from('\n'), bytes]) : bytes;
  }
}
