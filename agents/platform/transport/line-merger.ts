import type { LogStream } from '#domain/protocol/agent-channel.js';

const NEWLINE = 10;
/** A line longer than this is returned in pieces, to limit memory use. */
const MAX_HELD_BYTES = 65_536;
const NOTHING = Buffer.alloc(0);

/**
 * Merges two streams without letting one interrupt a line of the other: a line is returned once it is complete. An overlong line is returned in
 * parts. If the other stream writes in between, a newline is inserted first.
 */
export class LineMerger {
  readonly #held: Record<LogStream, Buffer> = { stdout: NOTHING, stderr: NOTHING };
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
