import { randomUUID } from 'node:crypto';
import { streamIdentifier } from './names.js';
import { streams, type Streams } from './stubs.js';

/** A response to a read. A response with an event is already serialized. */
export type ReadAnswer = Streams.ReadResp | Buffer;

export function writeReadAnswer(answer: ReadAnswer): Buffer {
  return Buffer.isBuffer(answer) ? answer : Buffer.from(answer.serializeBinary());
}

export function streamNotFound(stream: string): Streams.ReadResp {
  return new streams.ReadResp().setStreamNotFound(
    new streams.ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(stream)),
  );
}

export function firstStreamPosition(revision: number): Streams.ReadResp {
  return new streams.ReadResp().setFirstStreamPosition(String(revision));
}

export function lastStreamPosition(revision: number): Streams.ReadResp {
  return new streams.ReadResp().setLastStreamPosition(String(revision));
}

export function confirmation(): Streams.ReadResp {
  return new streams.ReadResp().setConfirmation(
    new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID()),
  );
}

export function caughtUpMessage(): Streams.ReadResp {
  return new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());
}
