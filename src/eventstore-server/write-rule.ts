import { isOurs, isOwnStream } from '#domain/event-types/index.js';
import type { NewEvent } from '#domain/kernel/ports/event-store.js';
import { IDENTITY_STREAM, isEnveloped } from '#src/engine/event-store/index.js';

export type ForeignStreams = 'accept' | 'refuse';

export interface WriteRule {
  refusalOf(stream: string): string | undefined;
  takesEvent(stream: string, event: Pick<NewEvent, 'data' | 'metadata'>): boolean;
}

const FOREIGN_REFUSED = "this store accepts only Muster's streams (MUSTER_EVENTSTORE_FOREIGN=refuse)";

function ownedByMuster(stream: string): string {
  return `stream '${stream}' belongs to Muster, and only Muster can write to it; use a stream in your own category, such as audit-2026`;
}

export const TAKES_ALL: WriteRule = { refusalOf: () => undefined, takesEvent: () => true };

/** Rule for a store whose clients include Muster servers: Muster's streams may contain only Muster's events. */
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

/** Data that is not JSON is stored in an envelope, which is not a Muster event either. */
function isObject(data: string): boolean {
  return data.startsWith('{') && !isEnveloped(data);
}
