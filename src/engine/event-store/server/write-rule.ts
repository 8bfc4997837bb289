import { isOurs, isOwnStream } from '#domain/event-types/index.js';
import type { NewEvent } from '#domain/ports/event-store.js';
import { IDENTITY_STREAM } from '../esdb/identity-stream.js';
import { isEnveloped } from '../payload.js';

/** Whether streams that are not Muster's may be written. */
export type ForeignStreams = 'accept' | 'refuse';

/** What clients of the wire may write, all of them alike. */
export interface WriteRule {
  /** Why the stream may not be written or deleted; undefined where it may. Its metadata counts as itself. */
  refusalOf(stream: string): string | undefined;
  /** Whether the stream may hold the event. */
  takesEvent(stream: string, event: Pick<NewEvent, 'data' | 'metadata'>): boolean;
}

const FOREIGN_REFUSED = 'this store takes streams of Muster only (MUSTER_EVENTSTORE_FOREIGN=refuse)';

function ownedByMuster(stream: string): string {
  return `stream '${stream}' is Muster's, which alone writes it; give streams a category of your own, such as audit-2026`;
}

/** Takes everything, as EventStoreDB does. */
export const TAKES_ALL: WriteRule = { refusalOf: () => undefined, takesEvent: () => true };

/** Of a store whose clients are Muster's servers, among others: a stream of Muster's holds events of Muster's only. */
export function ruleForServers(foreign: ForeignStreams): WriteRule {
  return {
    refusalOf: (stream) => (foreign === 'accept' || isOwnStream(stream) || stream === IDENTITY_STREAM ? undefined : FOREIGN_REFUSED),
    takesEvent: (stream, { data, metadata }) => !isOwnStream(stream) || (isOurs({ stream, metadata }) && isObject(data)),
  };
}

/** Next to a running Muster, whose own streams have one writer: itself. */
export function ruleBeside(foreign: ForeignStreams): WriteRule {
  return {
    refusalOf: (stream) => (isOwnStream(stream) ? ownedByMuster(stream) : foreign === 'refuse' ? FOREIGN_REFUSED : undefined),
    takesEvent: () => true,
  };
}

/** A JSON object. What is no JSON stands in an envelope by now, which is none of Muster's either. */
function isObject(data: string): boolean {
  return data.startsWith('{') && !isEnveloped(data);
}
