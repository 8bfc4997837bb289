import { BoundedReader, parseRequest } from './bounded-reader.js';
import { streams, type Streams } from './stubs.js';

const OPTIONS = 2;
const DEADLINE = 7;
const SECONDS = 1;
const NANOS = 2;

const durations = new WeakMap<Streams.BatchAppendReq, number>();

/** Parses a batch, including one field that the client's message classes lack: a deadline as a duration. */
export function readBatch(bytes: Buffer): Streams.BatchAppendReq {
  const message = parseRequest(streams.BatchAppendReq, bytes);
  if (message.hasOptions()) {
    const duration = durationIn(bytes);
    if (duration !== undefined) durations.set(message, duration);
  }
  return message;
}

/** Returns the milliseconds from `now` to the client's deadline, possibly negative, or undefined if there is no deadline. */
export function deadlineOf(message: Streams.BatchAppendReq, now: number): number | undefined {
  const until = message.getOptions()?.getDeadline();
  return until === undefined
    ? durations.get(message)
    : until.getSeconds() * 1000 + until.getNanos() / 1e6 - now;
}

function durationIn(bytes: Uint8Array): number | undefined {
  const options = field(bytes, OPTIONS);
  const deadline = options === undefined ? undefined : field(options, DEADLINE);
  if (deadline === undefined) return undefined;
  const reader = new BoundedReader(deadline);
  let ms = 0;
  while (reader.nextField()) {
    if (reader.getFieldNumber() === SECONDS) ms += reader.readInt64() * 1000;
    else if (reader.getFieldNumber() === NANOS) ms += reader.readInt32() / 1e6;
    else reader.skipField();
  }
  return ms;
}

/** Returns the bytes of an embedded message. */
function field(bytes: Uint8Array, number: number): Uint8Array | undefined {
  const reader = new BoundedReader(bytes);
  while (reader.nextField()) {
    if (reader.getFieldNumber() === number) return reader.readBytes();
    reader.skipField();
  }
  return undefined;
}
