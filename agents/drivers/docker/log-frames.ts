import { LineMerger } from '../../logs/line-merger.js';

const HEADER = 8;
/** No frame of the daemon is larger; what says it is, is not a frame. */
const LARGEST_FRAME = 16_777_216;
/** The number of standard errors in a header. */
const ERRORS = 2;

/** Bytes of one of the two streams. */
export interface StreamBytes {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Uint8Array;
  /** Whether an entry of the log begins with them: a line, or a part of a long one. */
  readonly begins: boolean;
}

/** The bytes inside the frames of Docker's multiplexed log stream, of both streams as they come. */
export async function* logFrames(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of framedStreams(stream)) yield bytes;
}

/**
 * The same, and of which stream they are: a frame has a header of 8 bytes (stream number, three zeros, length big-endian), then that many
 * bytes (Engine API, "Attach to a container").
 */
export async function* framedStreams(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<StreamBytes> {
  let rest: Buffer = Buffer.alloc(0);
  let missing = 0;
  let name: StreamBytes['stream'] = 'stdout';
  let begins = false;
  for await (const piece of stream) {
    let chunk: Buffer = rest.length === 0 ? Buffer.from(piece as Uint8Array) : Buffer.concat([rest, Buffer.from(piece as Uint8Array)]);
    rest = Buffer.alloc(0);
    while (chunk.length > 0) {
      if (missing > 0) {
        const part = chunk.subarray(0, missing);
        missing -= part.length;
        chunk = chunk.subarray(part.length);
        yield { stream: name, bytes: part, begins };
        begins = false;
        continue;
      }
      if (chunk.length < HEADER) {
        rest = chunk;
        break;
      }
      name = chunk[0] === ERRORS ? 'stderr' : 'stdout';
      missing = chunk.readUInt32BE(4);
      begins = true;
      if (missing > LARGEST_FRAME) throw new Error('the log stream is not framed');
      chunk = chunk.subarray(HEADER);
    }
  }
}

/** Both streams as one text, in which no line of one cuts a line of the other. */
export async function* wholeLines(frames: AsyncIterable<StreamBytes>): AsyncGenerator<Uint8Array> {
  const lines = new LineMerger();
  for await (const { stream, bytes } of frames) {
    const text = lines.add(stream, bytes);
    if (text.length > 0) yield text;
  }
  const rest = lines.flush();
  if (rest.length > 0) yield rest;
}
