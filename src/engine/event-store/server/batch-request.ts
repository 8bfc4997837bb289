import jspb from 'google-protobuf';
import { streams, type Streams } from './stubs.js';

const OPTIONS = 2;
const DEADLINE = 7;
const SECONDS = 1;
const NANOS = 2;

const durations = new WeakMap<Streams.BatchAppendReq, number>();

/** Parses a batch, including one field that the shipped messages lack: a deadline as a duration. */
export function readBatch(bytes: Buffer): Streams.BatchAppendReq {
  const message = streams.BatchAppendReq.deserializeBinary(bytes);
  if (message.hasOptions()) {
    const duration = durationIn(bytes);
    if (duration !== undefined) durations.set(message, duration);
  }
  return message;
}

/** Milliseconds from `now` to the client's deadline, possibly negative; undefined without one. */
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
  const reader = new jspb.BinaryReader(deadline);
  let ms = 0;
  while (reader.nextField()) {
    if (reader.isEndGroup()) break;
    if (reader.getFieldNumber() === SECONDS) ms += reader.readInt64() * 1000;
    else if (reader.getFieldNumber() === NANOS) ms += reader.readInt32() / 1e6;
    else reader.skipField();
  }
  return ms;
}

/** The bytes of a message within a message. */
function field(bytes: Uint8Array, number: number): Uint8Array | undefined {
  const reader = new jspb.BinaryReader(bytes);
  while (reader.nextField()) {
    if (reader.isEndGroup()) return undefined;
    if (reader.getFieldNumber() === number) return reader.readBytes();
    reader.skipField();
  }
  return undefined;
}
