import { isOurs, isOwnStream } from '#domain/event-types/index.js';
import type { NewEvent } from '#domain/ports/event-store.js';
import { IDENTITY_STREAM } from '../esdb/identity-stream.js';
import { isEnveloped } from '../payload.js';

/** Whether streams that are not Muster's may be written. */
export type ForeignStreams = 'accept' | 'refuse';

/** What clients of the wire may write, all of them alike. */
export interface WriteRule {
  /** Whether the stream may be written at all, or deleted; its metadata counts as itself. */
  takesStream(stream: string): boolean;
  /** Whether the stream may hold the event. */
  takesEvent(stream: string, event: Pick<NewEvent, 'data' | 'metadata'>): boolean;
}

/** Takes everything, as EventStoreDB does. */
export const TAKES_ALL: WriteRule = { takesStream: () => true, takesEvent: () => true };

/** Of a store whose clients are Muster's servers, among others: a stream of Muster's holds events of Muster's only. */
export function ruleForServers(foreign: ForeignStreams): WriteRule {
  return {
    takesStream: (stream) => foreign === 'accept' || isOwnStream(stream) || stream === IDENTITY_STREAM,
    takesEvent: (stream, { data, metadata }) => !isOwnStream(stream) || (isOurs({ stream, metadata }) && isObject(data)),
  };
}

/** Next to a running Muster, whose own streams have one writer: itself. */
export function ruleBeside(foreign: ForeignStreams): WriteRule {
  return { takesStream: (stream) => foreign === 'accept' && !isOwnStream(stream), takesEvent: () => true };
}

/** A JSON object. What is no JSON stands in an envelope by now, which is none of Muster's either. */
function isObject(data: string): boolean {
  return data.startsWith('{') && !isEnveloped(data);
}
