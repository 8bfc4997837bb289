import { isOurs, isOwnStream } from '#domain/event-types/index.js';
import type { NewEvent } from '#domain/kernel/ports/event-store.js';
import { IDENTITY_STREAM } from '../esdb/identity-stream.js';
import { isEnveloped } from '../payload.js';

/** Whether streams that are not Muster's may be written. */
export type ForeignStreams = 'accept' | 'refuse';

export interface WriteRule {
  /** Why the stream may not be written or deleted; undefined if it may. Its metadata is treated like the stream. */
  refusalOf(stream: string): string | undefined;
  takesEvent(stream: string, event: Pick<NewEvent, 'data' | 'metadata'>): boolean;
}

const FOREIGN_REFUSED = 'this store takes streams of Muster only (MUSTER_EVENTSTORE_FOREIGN=refuse)';

function ownedByMuster(stream: string): string {
  return `stream '${stream}' is Muster's, which alone writes it; give streams a category of your own, such as audit-2026`;
}

export const TAKES_ALL: WriteRule = { refusalOf: () => undefined, takesEvent: () => true };

/** For a store whose clients include Muster's servers: Muster's streams may contain only Muster's events. */
export function ruleForServers(foreign: ForeignStreams): WriteRule {
  return {
    refusalOf: (stream) =>
      foreign === 'accept' || isOwnStream(stream) || stream === IDENTITY_STREAM ? undefined : FOREIGN_REFUSED,
    takesEvent: (stream, { data, metadata }) =>
      !isOwnStream(stream) || (isOurs({ stream, metadata }) && isObject(data)),
  };
}

export function ruleForRunningServer(foreign: ForeignStreams): WriteRule {
  return {
    refusalOf: (stream) =>
      isOwnStream(stream) ? ownedByMuster(stream) : foreign === 'refuse' ? FOREIGN_REFUSED : undefined,
    takesEvent: () => true,
  };
}

/** Data that is not JSON is in an envelope by now, which is not a Muster event either. */
function isObject(data: string): boolean {
  return data.startsWith('{') && !isEnveloped(data);
}
